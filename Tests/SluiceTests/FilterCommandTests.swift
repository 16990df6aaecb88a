import Foundation
import TestSupport
import Testing

/// `sluice filter`, as a shell sees it.
struct FilterCommandTests {
  private let ticks = """
    {"symbol":"ACME","price":101.50,"volume":3}
    {"symbol":"INIT","price":99}
    {"symbol":"INIT","price":1e3}

    """

  private func filter(
    _ arguments: [String], input: String, folder: TemporaryFolder? = nil
  ) async throws -> (status: Int32, output: String, errors: String) {
    try await SluiceProcess.run(["filter"] + arguments, input: input, folder: folder)
  }

  @Test func `a chain on the command line filters standard input`() async throws {
    let result = try await filter(["-e", "[{where: msg.price > 100}, {pick: [symbol, price]}]"], input: ticks)
    #expect(result == (0, "{\"symbol\":\"ACME\",\"price\":101.50}\n{\"symbol\":\"INIT\",\"price\":1e3}\n", ""))
  }

  @Test func `a single filter needs no brackets`() async throws {
    let result = try await filter(["-e", "where: msg.price < 100"], input: ticks)
    #expect(result == (0, "{\"symbol\":\"INIT\",\"price\":99}\n", ""))
  }

  @Test(arguments: [
    "- where: msg.price < 100\n- pick: symbol\n", "filters:\n  - where: msg.price < 100\n  - pick: symbol\n",
    "filters:\n  cheap:\n    - where: msg.price < 100\n    - pick: symbol\n",
  ])
  func `a file holds a list, a list under filters, or one chain by name`(text: String) async throws {
    let folder = try TemporaryFolder()
    try folder.write("f.yaml", text)
    let result = try await filter(["-f", "f.yaml"], input: ticks, folder: folder)
    #expect(result == (0, "{\"symbol\":\"INIT\"}\n", ""))
  }

  private let routes = """
    sources:
      ticks: {interval: 1s, filters: [{drop: volume}]}
    filters:
      symbols: [{pick: symbol}]
      all: [symbols, {map: msg.symbol}]
    routes:
      /stocks/{symbol}:
        from: ticks
        filters: [{where: msg.symbol == params.symbol}, {set: {min: query.min}}]

    """

  @Test func `a route file has chains by name`() async throws {
    let folder = try TemporaryFolder()
    try folder.write("r.yaml", routes)
    let named = try await filter(["-f", "r.yaml", "--name", "all"], input: ticks, folder: folder)
    #expect(named == (0, "\"ACME\"\n\"INIT\"\n\"INIT\"\n", ""))
    let unnamed = try await filter(["-f", "r.yaml"], input: "", folder: folder)
    #expect(unnamed.status == 64)
    #expect(unnamed.errors.contains("there are several chains: --name is one of all, symbols"))
    let misspelt = try await filter(["-f", "r.yaml", "--name", "symbls"], input: "", folder: folder)
    #expect(misspelt.errors.contains("there is no chain 'symbls'; did you mean 'symbols'?"))
  }

  @Test func `a route's chain runs behind that of its source, with the parameters that are given`() async throws {
    let folder = try TemporaryFolder()
    try folder.write("r.yaml", routes)
    let arguments = ["-f", "r.yaml", "--route", "/stocks/{symbol}"]
    let result = try await filter(
      arguments + ["--param", "symbol=ACME", "--query", "min=5"], input: ticks, folder: folder)
    #expect(result == (0, "{\"symbol\":\"ACME\",\"price\":101.50,\"min\":\"5\"}\n", ""))
    let without = try await filter(arguments, input: "", folder: folder)
    #expect(without.status == 64)
    #expect(without.errors.contains("the filters of route '/stocks/{symbol}' need --param symbol=VALUE"))
    let wrong = try await filter(arguments + ["--param", "symbl=A"], input: "", folder: folder)
    #expect(wrong.errors.contains("has no parameter '{symbl}'; did you mean 'symbol'?"))
  }

  @Test func `what is wrong with a chain is shown at its place`() async throws {
    let result = try await filter(["-e", "[{where: msg.price >}, {pik: [a]}]"], input: "")
    #expect(result.status == 78)
    #expect(result.errors.contains("-e:1:"))
    #expect(result.errors.contains("    1 | [{where: msg.price >}, {pik: [a]}]\n"))
    #expect(result.errors.contains("there is no filter 'pik'; did you mean 'pick'?"))
    let parameter = try await filter(["-e", "[{where: msg.a == params.a}]"], input: "")
    #expect(parameter.status == 78)
    #expect(parameter.errors.contains("-e:1:19: error: --param does not give the parameter 'a'"))
  }

  @Test func `messages that cannot be dealt with are told once a kind, and summed up`() async throws {
    let input = "{\"a\":1}\nno\n{\"a\":2}\n{\"b\":1}\nno\n"
    let result = try await filter(["-e", "[{where: msg.a > 0}]"], input: input)
    #expect(result.status == 0)
    #expect(result.output == "{\"a\":1}\n{\"a\":2}\n")
    let lines = result.errors.split(separator: "\n")
    #expect(lines.filter { $0.hasPrefix("sluice filter: filter 1 'where': ") }.count == 2)
    #expect(lines.contains("sluice filter: 3 messages could not be dealt with"))
    #expect(lines.contains("sluice filter: 1 message: filter 1 'where': no such field: a"))
    #expect(try await filter(["--fail", "-e", "[{where: msg.a > 0}]"], input: input).status == 1)
    #expect(try await filter(["--fail", "-e", "[{where: msg.a > 0}]"], input: "{\"a\":1}\n").status == 0)
  }

  @Test func `close_source ends the input`() async throws {
    let result = try await filter(
      ["-e", "[{json: any, on_error: close_source}]".replacing("json: any", with: "drop: a")], input: "no\n{}\n")
    #expect(result.status == 1)
    #expect(result.errors.contains("the input is closed by filter 1 'drop'"))
  }

  @Test func `what came is written while the input is open`() async throws {
    let sluice = try await SluiceProcess.start(["filter", "-e", "[{pick: a}]"])
    try sluice.write("{\"a\":1,\"b\":2}\n{\"a\":")
    try await eventually("the first message") { sluice.standardOutput == "{\"a\":1}\n" }
    try sluice.write("2}")
    try sluice.closeInput()
    #expect(try await sluice.waitForExit() == 0)
    #expect(sluice.standardOutput == "{\"a\":1}\n{\"a\":2}\n")
  }

  @Test func `input is cut as framing says`() async throws {
    let netstring = try await filter(["--framing", "netstring", "-e", "[{pick: a}]"], input: "7:{\"a\":1},")
    #expect(netstring == (0, "{\"a\":1}\n", ""))
    let delimiter = try await filter(
      ["--framing", "{delimiter: ';'}", "-e", "[{pick: a}]"], input: "{\"a\":1};{\"a\":2}")
    #expect(delimiter == (0, "{\"a\":1}\n{\"a\":2}\n", ""))
    let broken = try await filter(["--framing", "netstring", "-e", "[{pick: a}]"], input: "7:{\"a\":1},x")
    #expect(broken.status == 74)
    #expect(broken.output == "{\"a\":1}\n")
    #expect(try await filter(["--framing", "words", "-e", "[{pick: a}]"], input: "").status == 64)
  }

  @Test func `threads share the work, and messages come out in their order`() async throws {
    let lines = (0..<50_000).map { "{\"n\":\($0)\($0 % 7 == 0 ? "" : ",\"odd\":\($0 % 2 == 1)")}\n" }
    let result = try await filter(["-e", "[{where: msg.odd}, {set: {m: msg.n * 2}}]"], input: lines.joined())
    let expected = (0..<50_000).filter { $0 % 7 != 0 && $0 % 2 == 1 }
    #expect(result.output == expected.map { "{\"n\":\($0),\"odd\":true,\"m\":\(2 * $0)}\n" }.joined())
    #expect(result.errors.contains("no such field: odd"))
    #expect(result.status == 0)
  }

  @Test func `a co-process answers each line, and its end is waited for`() async throws {
    let lines = (0..<5000).map { "\($0)\n" }.joined()
    let one = try await filter(["-e", "[{exec: [sed, -u, 's/^/x/']}, {encode: json}]"], input: lines)
    #expect(one == (0, (0..<5000).map { "\"x\($0)\"\n" }.joined(), ""))
    let any = try await filter(["-e", "exec: {command: [sort, -r], answers: any}"], input: "1\n2\n3\n")
    #expect(any == (0, "3\n2\n1\n", ""))
    let none = try await filter(["--fail", "-e", "exec: [./nothing]"], input: "1\n2\n")
    #expect(none.status == 1)
    #expect(none.output == "")
    #expect(none.errors.contains("2 messages could not be dealt with"))
  }

  @Test func `what a log filter says goes to standard error`() async throws {
    let result = try await filter(["-e", "log: info"], input: "one\n")
    #expect(result.output == "one\n")
    #expect(result.errors.contains("info: log: one"))
  }

  @Test func `nobody has to read to the end`() async throws {
    let command = "yes 2>/dev/null '{\"a\":1}' | '\(SluiceProcess.binary)' filter -e '[{pick: a}]' | head -n 1"
    let result = try await Command.run(["bash", "-c", command])
    #expect(result.output == "{\"a\":1}\n")
  }

  @Test func `memory stays as it is, however long the input`() async throws {
    let sluice = try await SluiceProcess.start(["filter", "-e", "[{where: msg.a > 1}]"])
    let piece = String(repeating: "{\"a\":1,\"text\":\"\(String(repeating: "x", count: 100))\"}\n", count: 2_000)
    try sluice.write(piece)
    try await eventually("the first piece") { sluice.ticks > 0 }
    for _ in 0..<5 { try sluice.write(piece) }
    let before = sluice.memory()
    for _ in 0..<60 { try sluice.write(piece) }
    #expect(sluice.memory() < before + 8 << 10)
    try sluice.closeInput()
    #expect(try await sluice.waitForExit() == 0)
  }

  @Test(arguments: [
    [], ["-f", "a", "-e", "b"], ["-e", "[{pick: a}]", "--param", "x"], ["-e", "[]", "--name", "a", "--route", "/b"],
  ])
  func `a wrong command line exits with 64`(arguments: [String]) async throws {
    let result = try await filter(arguments, input: "")
    #expect(result.status == 64, "\(result.errors)")
  }
}
