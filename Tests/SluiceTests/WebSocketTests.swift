import NIOCore
import TestSupport
import Testing

/// RFC 6455 through the built binary: what clients send, right and wrong.
struct WebSocketTests {
  private func echo(_ publish: String = "{to: reply}") async throws -> SluiceProcess {
    try await SluiceProcess.serve(
      """
      routes:
        /echo: {from: {group: echo}, publish: \(publish), subprotocols: [v2.json, v1.json]}
        /feed: {from: {interval: 20ms, text: tick}}
      """)
  }

  private func open(
    _ sluice: SluiceProcess, _ path: String = "/echo", answersPings: Bool = true
  ) async throws -> TestClient {
    let client = try await TestClient.webSocket(path, port: sluice.port, answersPings: answersPings)
    try await client.wait(for: "a head") { $0.status == 101 }
    return client
  }

  @Test func `messages go back to their sender alone, text as text and binary as binary`() async throws {
    let sluice = try await echo()
    let (client, other) = (try await open(sluice), try await open(sluice))
    try await client.send(ClientFrame.encode(0x81, Array("grün".utf8)))
    try await client.send(ClientFrame.encode(0x82, [0, 255]))
    try await client.send(ClientFrame.encode(0x81, []))
    let frames = try await client.wait(for: "replies") { $0.frames.count == 3 }.frames
    #expect(frames.map(\.opcode) == [1, 2, 1])
    #expect(String(buffer: frames[0].payload) == "grün")
    #expect(Array(frames[1].payload.readableBytesView) == [0, 255])
    #expect(other.response?.frames.count == 0)
    try await sluice.stop()
  }

  // Section 5.4
  @Test func `a fragmented message comes back whole, a ping between its fragments is answered first`() async throws {
    let sluice = try await echo()
    let client = try await open(sluice)
    try await client.send(ClientFrame.encode(0x01, Array("one ".utf8)))
    try await client.send(ClientFrame.encode(0x89, Array("ping".utf8)))
    try await client.send(ClientFrame.encode(0x00, Array("two ".utf8)))
    try await client.send(ClientFrame.encode(0x80, Array("three".utf8)))
    let frames = try await client.wait(for: "both") { $0.frames.count == 2 }.frames
    #expect(frames.map(\.opcode) == [10, 1])
    #expect(String(buffer: frames[1].payload) == "one two three")
    try await sluice.stop()
  }

  // Sections 5.1, 5.2, 5.5, 7.4.1 and 8.1
  @Test(
    arguments: [
      ([0x81, 0x01, 0x41], 1002), ([0xC1, 0x80, 0, 0, 0, 0], 1002), ([0x83, 0x80, 0, 0, 0, 0], 1002),
      ([0x81, 0x81, 0, 0, 0, 0, 0xFF], 1007), ([0x01, 0x81, 0, 0, 0, 0, 0xC3, 0x80, 0x81, 0, 0, 0, 0, 0x41], 1007),
      ([0x82, 0xFF, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0], 1009), ([0x88, 0x82, 0, 0, 0, 0, 3, 0xED], 1002),
      ([0x88, 0x82, 0, 0, 0, 0, 0x0B, 0xB8], 3000), ([0x88, 0x80, 0, 0, 0, 0], 1005),
    ] as [([UInt8], UInt16)])
  func `a bad client gets the right close code, and others notice nothing`(bytes: [UInt8], code: UInt16) async throws {
    let sluice = try await echo()
    let good = try await open(sluice, "/feed")
    let bad = try await open(sluice)
    try await bad.send(ByteBuffer(bytes: bytes))
    try await bad.waitForClose()
    #expect(bad.response?.closeCode == code)
    let before = good.response?.messages.count ?? 0
    try await good.wait(for: "more ticks") { $0.messages.count > before + 2 }
    try await sluice.stop()
  }

  @Test func `a message within the limit passes, one byte more ends with 1009 before it has come`() async throws {
    let sluice = try await echo("{to: reply, limit: {message: 100KB}}")
    let client = try await open(sluice)
    try await client.send(ClientFrame.encode(0x82, [UInt8](repeating: 7, count: 100_000)))
    let reply = try await client.wait(for: "the reply") { $0.frames.count == 1 }
    #expect(reply.frames[0].payload.readableBytes == 100_000)
    try await client.send(ClientFrame.encode(0x02, [UInt8](repeating: 7, count: 60_000)))
    try await client.send(ByteBuffer(bytes: [0x80, 0xFE, 0x9C, 0x41, 1, 2, 3, 4]))
    try await client.waitForClose()
    #expect(client.response?.closeCode == 1009)
    try await sluice.stop()
  }

  @Test func `a client that sends much and reads nothing is not read either, and costs no memory`() async throws {
    let sluice = try await echo()
    let client = try await TestClient.webSocket("/echo", port: sluice.port)
    try await client.wait(for: "a head") { $0.status == 101 }
    try await client.stopReading()
    let message = ClientFrame.encode(0x82, [UInt8](repeating: 1, count: 60_000))
    let flood = Task {
      for _ in 0..<1000 { try await client.send(message) }
    }
    let good = try await open(sluice)
    for number in 0..<20 {
      try await good.send(ClientFrame.encode(0x81, Array("\(number)".utf8)))
      try await good.wait(for: "a reply") { $0.messages.count == number + 1 }
    }
    // 60 MB would have come back.
    #expect(sluice.memory("VmHWM") < 60 << 10)
    flood.cancel()
    await client.close()
    _ = try? await flood.value
    try await sluice.stop()
  }

  // Section 1.9 and 4.2.2
  @Test(arguments: [("v1.json", "v1.json"), ("x, v1.json, v2.json", "v1.json"), ("x", nil), ("", nil)])
  func `the first subprotocol that both speak is chosen`(offer: String, chosen: String?) async throws {
    let sluice = try await echo()
    let client = try await TestClient.get(
      "/echo", port: sluice.port,
      headers: [
        "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Protocol": offer,
      ])
    let head = try await client.wait(for: "a head") { $0.status == 101 }
    #expect(head.headers["sec-websocket-protocol"] == chosen)
    try await sluice.stop()
  }

  // RFC 7692 section 5.1: an extension that is not accepted is not named
  @Test(arguments: ["x-webkit-deflate-frame", "permessage-deflate; unknown", "permessage-bzip2"])
  func `an extension that is not spoken is declined`(offer: String) async throws {
    let sluice = try await echo()
    let client = try await TestClient.get(
      "/echo", port: sluice.port,
      headers: [
        "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Extensions": offer,
      ])
    let head = try await client.wait(for: "a head") { $0.status == 101 }
    #expect(head.headers["sec-websocket-extensions"] == nil)
    try await sluice.stop()
  }

  // Section 5.5.2
  @Test func `a quiet peer is pinged, and closed when it does not answer; one that answers stays`() async throws {
    let sluice = try await SluiceProcess.serve(
      "routes: {/x: {from: {group: g}, keepalive: 4s}, /y: {from: {group: g}, keepalive: 1s}}")
    let dead = try await open(sluice, "/x", answersPings: false)
    let alive = try await open(sluice, "/x")
    let events = try await TestClient.events("/y", port: sluice.port)
    try await eventually("the dead peer to be closed") {
      dead.isClosed && (alive.response?.pings ?? 0) >= 3
    }
    #expect(dead.response?.pings == 1 && dead.response?.frames.isEmpty == true)
    #expect(!alive.isClosed)
    #expect(events.response?.text.contains(":\n\n") == true)
    #expect(!events.isClosed)
    try await sluice.stop()
  }
}
