import TestSupport
import Testing

/// Filters that give messages other formats, names and ids, through the built binary.
struct FormatFilterTests {
  private func serve(_ lines: String, _ route: String) async throws -> SluiceProcess {
    let folder = try TemporaryFolder()
    try folder.write("lines", lines)
    return try await SluiceProcess.serve(
      "routes: {/x: {from: {exec: 'cat lines; exec sleep 100'}, replay: all, history: {messages: 100}, \(route)}}",
      folder: folder)
  }

  @Test func `an EventSource resumes by an id that messages have of their own`() async throws {
    let sluice = try await serve(
      #"{"n":"trade-1","type":"buy"}"# + "\n" + #"{"n":"trade 2","type":null}"# + "\n" + #"{"n":"3ü","type":"sell"}"#
        + "\n",
      "filters: [{event: msg.type}, {id: msg.n}, {pick: n}]")
    let all = try await TestClient.events("/x", port: sluice.port).wait(for: "all") { $0.events.count == 3 }.events
    #expect(all.map(\.id) == ["trade-1", "trade 2", "3ü"])
    #expect(all.map(\.name) == ["buy", "message", "sell"])
    let rest = try await TestClient.events("/x", port: sluice.port, lastID: "trade-1")
      .wait(for: "the rest") { $0.events.last?.id == "3ü" }.events
    #expect(rest.map(\.data) == [#"{"n":"trade 2"}"#, #"{"n":"3ü"}"#])
    let last = try await TestClient.events("/x?last_event_id=trade%202", port: sluice.port)
      .wait(for: "the last") { $0.events.last?.id == "3ü" }.events
    #expect(last.map(\.data) == [#"{"n":"3ü"}"#])
    let unknown = try await TestClient.events("/x", port: sluice.port, lastID: "trade-9")
      .wait(for: "all again") { $0.events.last?.id == "3ü" }.events
    #expect(unknown.map(\.name) == ["sluice.gap", "buy", "message", "sell"])
    try await sluice.stop()
  }

  @Test func `records become objects, and the log shows them`() async throws {
    let sluice = try await serve(
      "symbol,price\nACME,1.10\nwrong\nINIT,x\n", "filters: [{csv: {header: true, numbers: true}}, {log: info}]")
    let lines = try await TestClient.get("/x", port: sluice.port).wait(for: "both") { $0.lines.count == 2 }.lines
    #expect(lines == [#"{"symbol":"ACME","price":1.10}"#, #"{"symbol":"INIT","price":"x"}"#])
    #expect(sluice.log.contains(#"log: {"symbol":"ACME","price":1.10}"#))
    #expect(sluice.log.contains("'csv': the record has not as many fields as there are columns (1, not 2)"))
    try await sluice.stop()
  }
}
