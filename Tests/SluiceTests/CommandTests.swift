import Foundation
import TestSupport
import Testing

/// The commands, as a shell sees them.
struct CommandTests {
  private let good =
    "routes:\n  /b: {from: {interval: 1s}}\n  /a: {from: {interval: 2s}, protocols: [sse], replay: last}\n"

  @Test func `check is silent and exits 0 when all is right`() async throws {
    let folder = try TemporaryFolder()
    try folder.write("a.yaml", good)
    let result = try await SluiceProcess.run(["check", "a.yaml"], folder: folder)
    #expect(result == (0, "", ""))
  }

  @Test func `check writes JSON for editors on standard output`() async throws {
    let folder = try TemporaryFolder()
    try folder.write("a.yaml", "routes:\n  /x:\n    form: y\n")
    let result = try await SluiceProcess.run(["check", "--format", "json", "a.yaml"], folder: folder)
    #expect(result.status == 78)
    #expect(result.errors.isEmpty)
    let parsed = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [[String: Any]]
    #expect(parsed?.first?["line"] as? Int == 3)
    #expect(parsed?.first?["column"] as? Int == 5)
    #expect(parsed?.first?["suggestion"] as? String == "from")
  }

  @Test func `a folder means all its YAML files, and a name defined twice cites both places`() async throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: folder("routes"), withIntermediateDirectories: true)
    try folder.write("routes/b.yml", "routes: {/x: {from: {interval: 1s}}}\n")
    try folder.write("routes/a.yaml", "routes: {/x: {from: {interval: 1s}}}\n")
    try folder.write("routes/c.txt", "nonsense: [")
    let result = try await SluiceProcess.run(["check"], folder: folder)
    #expect(result.status == 78)
    #expect(result.errors.contains("routes/b.yml:1:10: error: route '/x' is defined twice"))
    #expect(result.errors.contains("routes/a.yaml:1:10: note: first defined here"))
    try FileManager.default.removeItem(atPath: folder("routes/b.yml"))
    #expect(try await SluiceProcess.run(["check"], folder: folder).status == 0)
  }

  @Test func `routes prints a line for each route, by path`() async throws {
    let folder = try TemporaryFolder()
    try folder.write("a.yaml", good)
    let result = try await SluiceProcess.run(["routes", "a.yaml"], folder: folder)
    #expect(result.status == 0)
    let rows = result.output.split(separator: "\n")
    #expect(rows.count == 3)
    #expect(rows[0].hasPrefix("PATH  PROTOCOLS"))
    #expect(rows[1].hasPrefix("/a    sse "))
    #expect(rows[2].hasPrefix("/b    websocket,sse,stream"))
  }

  @Test(arguments: [
    ["serve"], ["check"], ["pipe"], ["routes"], ["filter"], ["test"], ["explain"],
    ["reload"], ["plan"], ["status"], [],
  ])
  func `every command has help`(command: [String]) async throws {
    let result = try await SluiceProcess.run(command + ["--help"])
    #expect(result.status == 0)
    #expect(result.output.contains("USAGE: sluice"))
  }

  @Test func `every command and option is in the manual`() async throws {
    let manual = try String(contentsOfFile: SluiceProcess.checkout + "/man/sluice.1", encoding: .utf8)
      .replacing("\\-", with: "-").replacing("\\&", with: "")
    let commands = ["serve", "check", "pipe", "routes", "filter", "test", "explain", "reload", "plan", "status"]
    for command in commands {
      #expect(
        manual.contains(".Cm \(command)") || manual.contains("Nm Cm \(command)") || manual.contains("Ic \(command)"))
      let help = try await SluiceProcess.run([command, "--help"]).output
      for option in help.matches(of: /--([a-z-]+)/).map(\.1) {
        #expect(manual.contains("Fl -\(option)"), "\(command) --\(option)")
      }
    }
  }

  @Test func `SIGHUP does not end a server that has no files to load`() async throws {
    let sluice = try await SluiceProcess.pipe("/x")
    sluice.signal(SIGHUP)
    try await eventually("a word in the log") { sluice.log.contains("SIGHUP is ignored") }
    #expect(try await sluice.stop() == 0)
  }

  @Test func `the version is told`() async throws {
    let result = try await SluiceProcess.run(["--version"])
    #expect(result.status == 0)
    #expect(result.output.wholeMatch(of: #/sluice \d+\.\d+\.\d+\n/#) != nil)
  }

  // sysexits.h: EX_USAGE 64, EX_UNAVAILABLE 69, EX_CONFIG 78
  @Test(
    arguments: [
      (["nonsense"], 64), (["check", "--format", "xml"], 64), (["pipe", "no-slash"], 64), (["pipe"], 64),
      (["pipe", "/x", "--listen", "nowhere"], 64), (["pipe", "/x", "--framing", "words"], 64),
      (["check", "missing.yaml"], 78),
      (["serve"], 78), (["pipe", "/x", "--listen", "192.0.2.1:80"], 69),
    ] as [([String], Int32)])
  func `exit statuses are those of sysexits`(arguments: [String], status: Int32) async throws {
    let result = try await SluiceProcess.run(arguments)
    #expect(result.status == status, "\(result.errors)")
    #expect(!result.errors.isEmpty)
  }

  @Test func `a port that is taken is said, and nothing is left running`() async throws {
    let first = try await SluiceProcess.pipe("/x")
    let result = try await SluiceProcess.run(["pipe", "/x", "--listen", "127.0.0.1:\(first.port)"])
    #expect(result.status == 69)
    #expect(result.errors.contains("cannot listen on 127.0.0.1:\(first.port): Address already in use"))
    try await first.stop()
  }

  @Test func `environment values stand in a route file`() async throws {
    let sluice = try await SluiceProcess.serve(
      "routes:\n  /x:\n    from:\n      interval: 10ms\n      text: ${GREETING}, ${NAME:-you} $$5\n",
      environment: ["GREETING": "hello"])
    let client = try await TestClient.get("/x", port: sluice.port)
    try await client.wait(for: "a message") { $0.lines.first == "hello, you $5" }
    try await sluice.stop()
  }

  @Test func `at start there is one line a listener with the URLs to try`() async throws {
    let sluice = try await SluiceProcess.serve(good)
    let lines = sluice.log.split(separator: "\n").filter { $0.contains("listening on") }
    #expect(lines.count == 1)
    #expect(lines[0].hasSuffix(": http://127.0.0.1:\(sluice.port)/a http://127.0.0.1:\(sluice.port)/b"))
    #expect(try await sluice.stop() == 0)
  }
}
