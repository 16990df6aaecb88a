import TestSupport
import Testing

/// What the loader makes of files, seen from outside.
struct ConfigurationFileTests {
  @Test func `anchors may stand under a key of the operator's own`() async throws {
    let sluice = try await SluiceProcess.serve(
      """
      x-common: &common
        history: {messages: 5}
        replay: all
      routes:
        /a: {<<: *common, from: {interval: 10ms, text: a}}
      """)
    let client = try await TestClient.get("/a", port: sluice.port)
    try await client.wait(for: "a message") { $0.lines.contains("a") }
    try await sluice.stop()
  }

  @Test func `a listening socket's path is taken from the folder of the file`() async throws {
    let sluice = try await SluiceProcess.serve(
      "routes: {/a: {from: {interval: 10ms, text: hello}}}", listen: "[\"127.0.0.1:0\", \"unix:s.sock\"]")
    let result = try await Command.run(
      ["curl", "-sN", "--max-time", "1", "--unix-socket", sluice.folder("s.sock"), "http://localhost/a"])
    #expect(result.output.hasPrefix("hello\n"))
    try await sluice.stop()
  }
}
