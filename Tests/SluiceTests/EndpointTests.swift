import TestSupport
import Testing

/// One URL, every protocol, through the built binary and real sockets.
struct EndpointTests {
  private func feed(_ sluice: SluiceProcess, _ numbers: Range<Int>) throws {
    try sluice.write(numbers.map { "tick \($0)\n" }.joined())
  }

  @Test func `the same messages arrive over every protocol, the first line included`() async throws {
    let sluice = try await SluiceProcess.pipe("/x")
    try feed(sluice, 0..<3)
    let stream = try await TestClient.get("/x", port: sluice.port)
    try await stream.wait(for: "history") { $0.lines.count == 3 }
    let events = try await TestClient.events("/x", port: sluice.port)
    let socket = try await TestClient.webSocket("/x", port: sluice.port)
    try await events.wait(for: "history") { $0.events.count == 3 }
    try await socket.wait(for: "history") { $0.messages.count == 3 }
    try feed(sluice, 3..<5)
    let expected = (0..<5).map { "tick \($0)" }
    #expect(try await stream.wait(for: "the stream") { $0.lines.count == 5 }.lines == expected)
    let event = try await events.wait(for: "the events") { $0.events.count == 5 }
    #expect(event.events.map(\.data) == expected)
    #expect(event.events.allSatisfy { $0.name == "message" })
    #expect(event.events.map { $0.id.split(separator: "-")[1] } == ["1", "2", "3", "4", "5"])
    #expect(try await socket.wait(for: "the frames") { $0.messages.count == 5 }.messages == expected)
    #expect(try await sluice.stop() == 0)
  }

  // RFC 9110 section 7.8 and nginx's X-Accel-Buffering
  @Test func `heads keep proxies from buffering and say where the stream starts`() async throws {
    let sluice = try await SluiceProcess.pipe("/x")
    let stream = try await TestClient.get("/x", port: sluice.port).wait(for: "a head") { _ in true }
    #expect(stream.status == 200)
    #expect(stream.headers["cache-control"] == "no-store")
    #expect(stream.headers["x-accel-buffering"] == "no")
    #expect(stream.headers["content-type"] == "text/plain; charset=utf-8")
    #expect(stream.headers["sluice-position"]?.hasSuffix("-0") == true)
    let events = try await TestClient.events("/x", port: sluice.port).wait(for: "a head") { _ in true }
    #expect(events.headers["content-type"] == "text/event-stream")
    let socket = try await TestClient.webSocket("/x", port: sluice.port).wait(for: "a head") { _ in true }
    #expect(socket.status == 101)
    #expect(socket.headers["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    try await sluice.stop()
  }

  @Test func `refusals keep the connection, and one connection may ask again`() async throws {
    let sluice = try await SluiceProcess.pipe("/x")
    try sluice.write("hello\n")
    let client = try await TestClient.connect(
      port: sluice.port,
      sending: "GET /y HTTP/1.1\r\nHost: a\r\n\r\nPOST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
        + "OPTIONS /x HTTP/1.1\r\nHost: a\r\n\r\nGET /x HTTP/1.1\r\nHost: a\r\n\r\n")
    let text = try await client.wait("the stream") { $0.contains("hello") }
    let statuses = text.matches(of: #/HTTP/1\.1 ([0-9]+) /#).map { String($0.1) }
    #expect(statuses == ["404", "405", "204", "200"])
    #expect(text.contains("Allow: GET, HEAD, OPTIONS"))
    try await sluice.stop()
  }

  @Test func `HEAD says what GET would, and nothing more`() async throws {
    let sluice = try await SluiceProcess.pipe("/x")
    let client = try await TestClient.connect(
      port: sluice.port, sending: "HEAD /x HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n\r\n")
    try await client.waitForClose()
    #expect(client.text.hasPrefix("HTTP/1.1 200 OK\r\n"))
    #expect(client.text.contains("Content-Type: text/event-stream\r\n"))
    #expect(client.text.hasSuffix("\r\n\r\n"))
    try await sluice.stop()
  }

  // RFC 9112 section 7.1 is of HTTP/1.1
  @Test func `HTTP 1.0 gets no chunks`() async throws {
    let sluice = try await SluiceProcess.pipe("/x")
    let client = try await TestClient.connect(port: sluice.port, sending: "GET /x HTTP/1.0\r\n\r\n")
    try await client.wait("a head") { $0.contains("\r\n\r\n") }
    try sluice.write("hello\n")
    let text = try await client.wait("the line") { $0.contains("hello") }
    #expect(text.hasSuffix("\r\n\r\nhello\n"))
    #expect(!text.lowercased().contains("transfer-encoding"))
    try await sluice.stop()
  }

  @Test func `bytes that are not HTTP are answered 400 and closed, and others notice nothing`() async throws {
    let sluice = try await SluiceProcess.pipe("/x")
    let good = try await TestClient.get("/x", port: sluice.port)
    try await good.wait(for: "a head") { _ in true }
    let bad = try await TestClient.connect(port: sluice.port, sending: "\u{1}\u{2} nonsense\r\n\r\n")
    try await bad.waitForClose()
    #expect(bad.response?.status == 400)
    try sluice.write("hello\n")
    try await good.wait(for: "the line") { $0.lines == ["hello"] }
    try await sluice.stop()
  }

  // RFC 6455 sections 5.5.2, 5.5.1, 7.4.1
  @Test func `a ping is answered, a message refused, a close returned`() async throws {
    let sluice = try await SluiceProcess.pipe("/x")
    let client = try await TestClient.webSocket("/x", port: sluice.port)
    try await client.wait(for: "a head") { $0.status == 101 }
    try await client.send(opcode: 9, "are you there")
    let pong = try await client.wait(for: "a pong") { !$0.frames.isEmpty }
    #expect(pong.frames[0].opcode == 10)
    #expect(String(buffer: pong.frames[0].payload) == "are you there")
    try await client.send(opcode: 8, "\u{3}\u{E8}")
    try await client.waitForClose()

    let talker = try await TestClient.webSocket("/x", port: sluice.port)
    try await talker.wait(for: "a head") { $0.status == 101 }
    try await talker.send(opcode: 1, "hello")
    #expect(try await talker.wait(for: "a close") { $0.closeCode != nil }.closeCode == 1008)
    try await talker.waitForClose()
    try await sluice.stop()
  }

  @Test func `frames right behind the upgrade request are read`() async throws {
    let sluice = try await SluiceProcess.pipe("/x")
    let client = try await TestClient.connect(
      port: sluice.port,
      sending:
        "GET /x HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    try await client.send(opcode: 9, "early")
    let pong = try await client.wait(for: "a pong") { !$0.frames.isEmpty }
    #expect(String(buffer: pong.frames[0].payload) == "early")
    try await sluice.stop()
  }

  @Test func `text that is not UTF-8 is a binary frame and a base64 event`() async throws {
    let folder = try TemporaryFolder()
    try folder.write("feed.sh", "#!/bin/sh\nprintf 'a\\377b\\nok\\n'; sleep 60\n", isProgram: true)
    let sluice = try await SluiceProcess.serve(
      "routes: {/x: {from: {exec: [./feed.sh]}, replay: all}}", folder: folder)
    let socket = try await TestClient.webSocket("/x", port: sluice.port)
    let frames = try await socket.wait(for: "frames") { $0.frames.count == 2 }.frames
    #expect(frames.map(\.opcode) == [2, 1])
    #expect(Array(frames[0].payload.readableBytesView) == [0x61, 0xFF, 0x62])
    let events = try await TestClient.events("/x", port: sluice.port)
    let event = try await events.wait(for: "events") { $0.events.count == 2 }.events[0]
    #expect(event.name == "binary")
    #expect(event.data == "Yf9i")
    try await sluice.stop()
  }

  @Test func `when the server ends, every subscriber is told so`() async throws {
    let sluice = try await SluiceProcess.pipe("/x")
    let socket = try await TestClient.webSocket("/x", port: sluice.port)
    let stream = try await TestClient.get("/x", port: sluice.port)
    for client in [socket, stream] { try await client.wait(for: "a head") { _ in true } }
    #expect(try await sluice.stop() == 0)
    #expect(socket.response?.closeCode == 1001)
    #expect(stream.response?.isComplete == true)
  }

  @Test
  func `when the server ends, many subscribers get their end in good order, and one that reads nothing is closed`()
    async throws
  {
    let sluice = try await SluiceProcess.serve(
      "routes: {/x: {from: {group: g}}}", server: "  shutdown_grace: 2s")
    var clients: [TestClient] = []
    for _ in 0..<200 { clients.append(try await TestClient.events("/x", port: sluice.port)) }
    for client in clients { try await client.wait(for: "a head") { $0.status == 200 } }
    // It never closes its side.
    let deaf = try await TestClient.get("/x", port: sluice.port, reads: false)
    try await eventually("all to be there") { sluice.isRunning }
    #expect(try await sluice.stop() == 0)
    for client in clients {
      try await client.waitForClose()
      #expect(client.response?.isComplete == true)
    }
    await deaf.close()
  }
}
