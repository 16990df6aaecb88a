import TestSupport
import Testing

/// What filters know and hold when a reload changes the chain that they are in.
struct ReloadFilterStateTests {
  @Test func `a filter that is the same before and after keeps what it knows`() async throws {
    func routes(_ filters: String) -> String { "routes: {/x: {from: {pipe: \"-\"}, filters: [\(filters)]}}" }
    let sluice = try await SluiceProcess.serve(routes("{distinct: msg.k}, {delta: {key: msg.k, full_every: 100}}"))
    let stream = try await TestClient.get("/x", port: sluice.port)
    try await stream.wait(for: "a head") { _ in true }
    try sluice.write("{\"k\":1,\"a\":1}\n")
    try await stream.wait(for: "one") { $0.lines.count == 1 }
    try await sluice.reload(routes("{distinct: msg.k}, {delta: {key: msg.k, full_every: 100}}, {set: {new: \"true\"}}"))
    try sluice.write("{\"k\":1,\"a\":2}\n{\"k\":2,\"a\":2}\n")
    try await stream.wait(for: "the one that differs") { $0.lines.count == 2 }
    #expect(stream.response?.lines.last?.contains("\"k\":2") == true)
    // Without the filter that was equal before, the same message passes.
    try await sluice.reload(routes("{set: {other: \"true\"}}"))
    try sluice.write("{\"k\":2,\"a\":2}\n")
    try await stream.wait(for: "the same again") { $0.lines.count == 3 }
    try await sluice.stop()
  }

  @Test func `what a filter holds that goes comes out once, through the rest of its chain`() async throws {
    func routes(_ filters: String) -> String { "routes: {/x: {from: {pipe: \"-\"}, filters: [\(filters)]}}" }
    let sluice = try await SluiceProcess.serve(routes("{batch: {messages: 3, every: 1h}}, {wrap: old}"))
    let stream = try await TestClient.get("/x", port: sluice.port)
    try await stream.wait(for: "a head") { _ in true }
    try sluice.write("1\n2\n")
    try await eventually("them to be held") { try await sluice.status().sources.first?.messages == 2 }
    // All before the batch is equal: it stays, and passes what is behind it now.
    try await sluice.reload(routes("{batch: {messages: 3, every: 1h}}, {wrap: new}"))
    try sluice.write("3\n4\n")
    try await stream.wait(for: "the batch") { $0.lines == ["{\"new\":[1,2,3]}"] }
    try await eventually("one to be held") { try await sluice.status().sources.first?.messages == 4 }
    try await sluice.reload(routes("{wrap: newest}"))
    try sluice.write("5\n")
    try await stream.wait(for: "the rest") { $0.lines.count == 3 }
    #expect(stream.response?.lines == ["{\"new\":[1,2,3]}", "{\"new\":[4]}", "{\"newest\":5}"])
    try await sluice.stop()
  }

  @Test func `a window and a throttle keep what they hold when they are equal`() async throws {
    func routes(_ filters: String) -> String {
      "sources: {in: {pipe: \"-\"}}\nroutes: {/x: {from: in, filters: [\(filters)]}, "
        + "/y: {from: in, filters: [{window: {every: 1h, set: {sum: sum(msg.n)}}}, {wrap: w}]}}"
    }
    let throttle = "{throttle: {every: 1h}}"
    let sluice = try await SluiceProcess.serve(routes(throttle))
    let stream = try await TestClient.get("/x", port: sluice.port)
    let window = try await TestClient.get("/y", port: sluice.port)
    for client in [stream, window] { try await client.wait(for: "a head") { _ in true } }
    try sluice.write("{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n")
    try await stream.wait(for: "the first") { $0.lines == ["{\"n\":1}"] }
    try await eventually("all to be there") { try await sluice.status().sources.allSatisfy { $0.messages == 3 } }
    try await sluice.reload(routes(throttle + ", {set: {v: \"1\"}}"))
    try sluice.write("{\"n\":4}\n")
    try await eventually("all to be there") { try await sluice.status().sources.allSatisfy { $0.messages == 4 } }
    #expect(stream.response?.lines == ["{\"n\":1}"])
    // The throttle goes, and its newest message with it; the window is kept.
    try await sluice.reload(routes("{set: {v: \"2\"}}"))
    try await stream.wait(for: "what was held") { $0.lines.count == 2 }
    #expect(stream.response?.lines.last == "{\"n\":4,\"v\":1}")
    #expect(window.response?.lines == [])
    try await sluice.reload(
      "sources: {in: {pipe: \"-\"}}\nroutes: {/x: {from: in}, /y: {from: in, filters: [{wrap: last}]}}")
    try await window.wait(for: "the window") { $0.lines.count == 1 }
    #expect(window.response?.lines == ["{\"w\":{\"sum\":10}}"])
    try await sluice.stop()
  }
}
