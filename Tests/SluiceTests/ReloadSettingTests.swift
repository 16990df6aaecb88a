import TestSupport
import Testing

/// What changed settings of a route do to those who read it.
struct ReloadSettingTests {
  private func routes(_ settings: String = "") -> String {
    "routes: {/x: {from: {pipe: \"-\"}\(settings)}}"
  }

  private func symbol(_ name: String, _ n: Int) -> String { "{\"s\":\"\(name)\",\"n\":\(n)}" }

  @Test func `publish comes, is bounded and goes for a connection that stays`() async throws {
    let sluice = try await SluiceProcess.serve(routes())
    let socket = try await TestClient.webSocket("/x", port: sluice.port)
    try await socket.wait(for: "a head") { _ in true }
    try await sluice.reload(routes(", publish: {to: reply}"))
    try await socket.send(opcode: 1, "hello")
    try await socket.wait(for: "the reply") { $0.messages == ["hello"] }
    try await sluice.reload(routes(", publish: {to: reply, limit: {message: 10B}}"))
    let other = try await TestClient.webSocket("/x", port: sluice.port)
    try await other.wait(for: "a head") { _ in true }
    try await other.send(opcode: 1, "more than ten bytes")
    #expect(try await other.wait(for: "a close") { $0.closeCode != nil }.closeCode == 1009)
    try await socket.send(opcode: 1, "ten bytes")
    try await socket.wait(for: "the reply") { $0.messages == ["hello", "ten bytes"] }
    try await sluice.reload(routes())
    try await socket.send(opcode: 1, "no")
    #expect(try await socket.wait(for: "a close") { $0.closeCode != nil }.closeCode == 1008)
    try await sluice.stop()
  }

  @Test func `a shorter keepalive is kept to at once`() async throws {
    let sluice = try await SluiceProcess.serve(routes(", keepalive: 1h"))
    let socket = try await TestClient.webSocket("/x", port: sluice.port, answersPings: false)
    let events = try await TestClient.events("/x", port: sluice.port)
    for client in [socket, events] { try await client.wait(for: "a head") { _ in true } }
    #expect(try await sluice.reload(routes(", keepalive: 1s")).contains("2 connections kept"))
    try await events.wait(for: "a comment") { !$0.eventStream.comments.isEmpty }
    try await socket.wait(for: "a ping") { $0.pings > 0 }
    try await socket.waitForClose()
    #expect(!events.isClosed)
    try await sluice.stop()
  }

  @Test func `who is told of health from now on hears of a source that does not run`() async throws {
    func routes(_ settings: String) -> String { "routes: {/x: {from: {exec: \"true\", restart: never}\(settings)}}" }
    let sluice = try await SluiceProcess.serve(routes(""))
    let socket = try await TestClient.webSocket("/x", port: sluice.port)
    try await socket.wait(for: "a head") { _ in true }
    try await eventually("the source to end") { try await sluice.status().source("/x")?.state == "stopped" }
    try await sluice.reload(routes(", health: true"))
    try await socket.wait(for: "its health") {
      $0.messages == ["{\"sluice\":\"health\",\"source\":\"/x\",\"state\":\"stopped\"}"]
    }
    // Other settings are no news of the source.
    try await sluice.reload(routes(", health: true, keepalive: 1h, replay: all"))
    try await sluice.reload(routes(", keepalive: 1h, publish: {to: reply}"))
    try await socket.send(opcode: 1, "end")
    try await socket.wait(for: "the reply") { $0.messages.last == "end" }
    #expect(socket.response?.messages.count == 2)
    try await sluice.stop()
  }

  @Test func `history is cut and grows, for those who come later`() async throws {
    func routes(_ messages: Int) -> String { self.routes(", replay: all, history: {messages: \(messages)}") }
    let sluice = try await SluiceProcess.serve(routes(10))
    let live = try await TestClient.get("/x", port: sluice.port)
    try await live.wait(for: "a head") { _ in true }
    try sluice.write((1...10).map { "\($0)\n" }.joined())
    try await live.wait(for: "all") { $0.lines.count == 10 }
    func held(before end: String) async throws -> [String] {
      let late = try await TestClient.get("/x", port: sluice.port)
      try await late.wait(for: "a head") { _ in true }
      try sluice.write(end + "\n")
      let lines = try await late.wait(for: "the end") { $0.lines.last == end }.lines
      await late.close()
      return Array(lines.dropLast())
    }
    try await sluice.reload(routes(3))
    #expect(try await held(before: "11") == ["8", "9", "10"])
    try await sluice.reload(routes(100))
    // What was cut is gone, unless it came together with what was kept.
    #expect(try await held(before: "12").suffix(3) == ["9", "10", "11"])
    #expect(try await held(before: "13").suffix(4) == ["9", "10", "11", "12"])
    try await live.wait(for: "all of it") { $0.lines.count == 13 }
    try await sluice.stop()
  }

  @Test func `keys come, change and go, and what is kept by key starts anew`() async throws {
    func routes(_ history: String) -> String { self.routes(", replay: all, history: {\(history)}") }
    let sluice = try await SluiceProcess.serve(routes("messages: 0"))
    let live = try await TestClient.get("/x", port: sluice.port)
    try await live.wait(for: "a head") { _ in true }
    var sent = 0
    func send(_ messages: String...) async throws {
      try sluice.write(messages.map { $0 + "\n" }.joined())
      sent += messages.count
      try await live.wait(for: "all") { $0.lines.count == sent }
    }
    func snapshot(_ expected: [String]) async throws {
      let late = try await TestClient.get("/x", port: sluice.port)
      try await late.wait(for: "the snapshot") { $0.lines == expected }
      await late.close()
    }
    try await send(symbol("A", 1))
    try await sluice.reload(routes("messages: 0, latest_by: msg.s"))
    try await send(symbol("A", 2), symbol("B", 2), symbol("A", 3))
    try await snapshot([symbol("B", 2), symbol("A", 3)])
    try await sluice.reload(routes("messages: 0, latest_by: msg.n"))
    try await send(symbol("A", 4), symbol("B", 4))
    try await snapshot([symbol("B", 4)])
    try await sluice.reload(routes("messages: 1"))
    try await send(symbol("A", 5))
    try await snapshot([symbol("A", 5)])
    try await sluice.stop()
  }

  @Test func `history of groups changes through the pattern that names them`() async throws {
    func routes(_ history: String) -> String {
      """
      sources: {in: {pipe: "-", into: "g.{.s}"}}
      groups: {"g.*": {history: \(history)}}
      routes: {"/g/{s}": {from: {group: "g.{s}"}, replay: all}}
      """
    }
    let sluice = try await SluiceProcess.serve(routes("{messages: 10}"))
    let live = try await TestClient.get("/g/A", port: sluice.port)
    try await live.wait(for: "a head") { _ in true }
    try sluice.write((1...10).map { symbol("A", $0) + "\n" }.joined())
    try await live.wait(for: "all") { $0.lines.count == 10 }
    #expect(try await sluice.reload(routes("{messages: 2}")).contains("0 moved, 0 closed"))
    let late = try await TestClient.get("/g/A", port: sluice.port)
    try await late.wait(for: "two") { $0.lines == [symbol("A", 9), symbol("A", 10)] }
    try await sluice.reload(routes("{messages: 0, latest_by: msg.s}"))
    try sluice.write(symbol("A", 11) + "\n" + symbol("A", 12) + "\n")
    try await live.wait(for: "all") { $0.lines.count == 12 }
    let keyed = try await TestClient.get("/g/A", port: sluice.port)
    try await keyed.wait(for: "the newest") { $0.lines == [symbol("A", 12)] }
    try await sluice.stop()
  }

  @Test func `who is slow is dealt with as the route says now`() async throws {
    func routes(_ then: String) -> String {
      self.routes(", history: {messages: 0}, slow: {lag: 64KiB, then: \(then), wait: 0s}")
    }
    let sluice = try await SluiceProcess.serve(routes("skip"))
    let slow = try await TestClient.webSocketThatRests("/x", port: sluice.port)
    let fast = try await TestClient.get("/x", port: sluice.port)
    try await fast.wait(for: "a head") { _ in true }
    try await eventually("both to join") { try await sluice.status().routes[0].subscribers == 2 }
    try await sluice.reload(routes("close"))
    let padding = String(repeating: "x", count: 60_000)
    // One at a time: who reads is never behind, however late it runs.
    var sent = 0
    for number in 1...200 {
      let line = "\(number) \(padding)\n"
      try sluice.write(line)
      sent += line.utf8.count
      try await fast.wait(for: "message \(number)") { $0.body.readableBytes == sent }
    }
    try await eventually("the slow one to be closed") { try await sluice.status().routes[0].subscribers == 1 }
    slow.startReading()
    try await slow.waitForClose()
    #expect(slow.response?.closeCode == 1013 || slow.response?.closeCode == nil)
    #expect(slow.response?.messages.allSatisfy { $0.hasSuffix(padding) } == true)
    try await sluice.stop()
  }

  @Test func `what is settled when a connection begins holds for new ones, and the receipt says so`() async throws {
    let sluice = try await SluiceProcess.serve(routes())
    let stream = try await TestClient.get("/x", port: sluice.port)
    let events = try await TestClient.events("/x", port: sluice.port)
    for client in [stream, events] { try await client.wait(for: "a head") { _ in true } }
    let receipt = try await sluice.reload(
      routes(
        ", protocols: [sse, websocket], replay: last, content_type: application/x-ndjson, subprotocols: [v1], "
          + "origins: [\"https://a.example\"], retry: 20s"))
    for key in ["protocols", "replay", "content_type", "subprotocols", "origins"] {
      #expect(receipt.contains("route '/x': \(key) holds for new connections"))
    }
    #expect(!receipt.contains("retry holds"))
    try sluice.write("one\n")
    try await stream.wait(for: "one") { $0.lines == ["one"] }
    let late = try await TestClient.events("/x", port: sluice.port)
    try await late.wait(for: "the last") { $0.events.map(\.data) == ["one"] }
    #expect(late.response?.eventStream.retries.allSatisfy { (15_000...25_000).contains($0) } == true)
    let other = try await TestClient.get("/x", port: sluice.port, headers: ["Origin": "https://b.example"])
    try await other.wait(for: "a refusal") { $0.status == 403 }
    let refused = try await TestClient.get("/x", port: sluice.port, headers: ["Accept": "application/x-ndjson"])
    try await refused.wait(for: "a refusal") { $0.status == 406 }
    // The end of a live one tells the time that is in force.
    try await sluice.reload("routes: {/y: {from: {interval: 1h}}}")
    try await events.wait(for: "the end") { $0.isComplete }
    #expect(events.response?.eventStream.retries.count == 2)
    #expect(events.response?.eventStream.retries.last.map { (15_000...25_000).contains($0) } == true)
    try await sluice.stop()
  }
}
