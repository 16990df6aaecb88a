import Foundation
import TestSupport
import Testing

/// Reloads that change nothing, and what is left of many that did.
struct ReloadTraceTests {
  @Test func `a configuration that means the same changes nothing, however it is written`() async throws {
    let folder = try TemporaryFolder()
    mkfifo(folder("in"), 0o600)
    try FileManager.default.createDirectory(atPath: folder("conf"), withIntermediateDirectories: false)
    try folder.write(
      "conf/one.yaml",
      """
      server: {listen: "127.0.0.1:0"}
      sources: {s: {exec: "echo $$$$ >> ../pids; exec cat ../in"}}
      filters: {f: [{distinct: msg.k}]}
      routes: {/a: {from: s, filters: [f]}, /b: {from: s, history: {messages: 5, age: 60s}}}
      """)
    let sluice = try await SluiceProcess.serve(["conf"], in: folder)
    let feed = try await Feed(folder("in"))
    let a = try await TestClient.events("/a", port: sluice.port)
    try await a.wait(for: "a head") { _ in true }
    try feed.write("{\"k\":1}")
    try await a.wait(for: "one") { $0.events.count == 1 }
    try folder.write(
      "conf/one.yaml",
      """
      # Written anew.
      routes:
        /b:
          history: {age: 1m, messages: 5}
          from: s
          protocols: [stream, sse, websocket]
      server:
        listen: ["127.0.0.1:0"]
      """)
    try folder.write(
      "conf/two.yaml",
      """
      routes: {/a: {filters: [g], from: [s]}}
      filters: {g: [{distinct: msg.k}]}
      sources:
        s:
          exec: "echo $$$$ >> ../pids; exec cat ../in"
      """)
    for _ in 1...2 {
      let result = try await sluice.run(["reload", "conf"])
      #expect(result.status == 0, "\(result.errors)")
      // A chain has another name, which nothing else is to notice.
      #expect(result.output.contains("0 moved, 0 closed") || result.output.contains("nothing has changed"))
      #expect(!result.output.contains("~"))
    }
    let generation = try await sluice.status().generation
    _ = try await sluice.run(["reload", "conf"])
    #expect(try await sluice.status().generation == generation)
    try feed.write("{\"k\":1}", "{\"k\":2}")
    let got = try await a.wait(for: "two") { $0.events.count == 2 }.events
    #expect(got.map(\.data) == ["{\"k\":1}", "{\"k\":2}"])
    #expect(got.map { $0.id.split(separator: "-")[1] } == ["1", "2"])
    #expect(try String(contentsOfFile: folder("pids"), encoding: .utf8).split(separator: "\n").count == 1)
    try await sluice.stop()
  }

  @Test func `many reloads leave nothing behind`() async throws {
    func routes(_ number: Int) -> String {
      let isOdd = number % 2 == 1
      return """
        sources: {in: {pipe: "-", into: "\(isOdd ? "k.{.s}" : "l.{.s}")"}}
        groups: {"*": {history: {messages: \(1 + number % 2)}}}
        routes:
          /a:
            {from: \(isOdd ? "in" : "{interval: 1h}"), filters: [{set: {v: "\(number)"}}], history: {messages: 10000}}
          "/p/{s}": {from: in, filters: [{where: msg.s == \(isOdd ? "params.s" : "query.s")}]}
          "/r\(number)/{s}":
            {from: {group: "\(isOdd ? "k" : "l").{s}"}, filters: [{where: msg.s == params.s}], history: {messages: 0}}
          /m: {from: [{group: k.A}, {group: l.A}\(isOdd ? ", {group: m}" : "")], into: \(isOdd ? "n" : "o")}
        """
    }
    let sluice = try await SluiceProcess.serve(routes(0))
    let padding = String(repeating: "x", count: 100_000)
    var first = 0
    let clients = try await ["/a", "/p/A?s=A", "/m"].asyncMap { try await TestClient.events($0, port: sluice.port) }
    for number in 1...60 {
      try await sluice.reload(routes(number))
      let passing = try await TestClient.get("/r\(number)/A", port: sluice.port)
      try await passing.wait(for: "a head") { _ in true }
      try sluice.write((0..<10).map { "{\"s\":\"A\",\"n\":\($0),\"p\":\"\(padding)\"}\n" }.joined())
      try await passing.wait(for: "a message") { !$0.lines.isEmpty }
      await passing.close()
      if number == 20 { first = sluice.memory() }
    }
    // Every reload left a stream of a megabyte behind if it left one.
    #expect(sluice.memory() - first < 15_000, "\(first) KiB, then \(sluice.memory()) KiB")
    for client in clients { #expect(!client.isClosed) }
    for client in clients { await client.close() }
    try await sluice.reload("routes: {/y: {from: {interval: 1h}}}")
    try await eventually("the groups to go") { try await sluice.status().groups.isEmpty }
    let report = try await sluice.status()
    #expect(report.sources.map(\.name) == ["/y"])
    try await eventually("the connections to go") { try await sluice.status().connections <= 1 }
    try await sluice.stop()
  }
}
