import NIOCore
import TestSupport
import Testing

/// Event streams and plain streams inside gzip (RFC 1952, RFC 9110 section 8.4), through the built binary.
struct GzipServedTests {
  private func serve(_ more: String = "") async throws -> SluiceProcess {
    try await SluiceProcess.serve(
      "routes: {/x: {from: {pipe: \"-\"}, protocols: [sse, stream, poll, websocket], replay: all\(more)}}")
  }

  private static let forms = [CompressedForm.events, .lines]

  // RFC 9110 sections 8.4, 12.5.3 and 12.5.5
  @Test func `the head names the coding, the framing, and what the answer varies by`() async throws {
    let sluice = try await serve()
    for form in Self.forms {
      let headers = try await form.open("/x", sluice).reading.headers
      #expect(headers["content-encoding"] == "gzip")
      #expect(headers["transfer-encoding"] == "chunked")
      #expect(headers["vary"] == "Accept, Prefer, Accept-Encoding")
      #expect(headers["content-length"] == nil)
    }
    // Who gets it plain is told that others may not.
    let plain = try await InflatingClient.get("/x", port: sluice.port, encoding: nil).waitForHead()
    #expect(plain.headers["content-encoding"] == nil)
    #expect(plain.headers["vary"] == "Accept, Prefer, Accept-Encoding")
    try await sluice.stop()
  }

  // RFC 9110 section 12.5.3
  @Test func `a client gets gzip if it takes it, and else plain`() async throws {
    let sluice = try await serve()
    try sluice.write(lines: ["one"])
    let answers: [(String?, Bool)] = [
      ("gzip", true), ("GZIP", true), ("x-gzip", true), ("br, gzip;q=0.1, *;q=0", true), ("*", true),
      ("deflate, *;q=0.5", true),
      ("gzip;q=0", false), ("gzip; q=0.000, *", false), ("identity", false), ("br, deflate, zstd", false),
      ("*;q=0", false),
      ("", false), (nil, false),
    ]
    for (encoding, isGzip) in answers {
      for accept in ["text/event-stream", "*/*"] {
        let client = try await InflatingClient.get(
          "/x", port: sluice.port, encoding: encoding, headers: ["Accept": accept])
        let reading = try await client.wait(for: "the message") { $0.tail.contains("one\n") }
        #expect((reading.headers["content-encoding"] == "gzip") == isGzip, "\(encoding ?? "none")")
        await client.close()
      }
    }
    try await sluice.stop()
  }

  @Test func `HTTP 1.0 gets no gzip, as it has no chunks, and HEAD says what GET would`() async throws {
    let sluice = try await serve()
    try sluice.write(lines: ["one"])
    let old = try await InflatingClient.request("GET /x HTTP/1.0\r\nAccept-Encoding: gzip\r\n\r\n", port: sluice.port)
    let reading = try await old.wait(for: "the line") { $0.tail == "one\n" }
    #expect(reading.headers["content-encoding"] == nil && reading.headers["transfer-encoding"] == nil)
    let fields = "Host: a\r\nAccept: text/event-stream\r\nAccept-Encoding: gzip\r\n\r\n"
    let head = try await InflatingClient.request("HEAD /x HTTP/1.1\r\n\(fields)", port: sluice.port).waitForClose()
    #expect(head.headers["content-encoding"] == "gzip" && head.headers["transfer-encoding"] == "chunked")
    #expect(head.content.readableBytes == 0 && head.chunks.isEmpty)
    let get = try await InflatingClient.request("GET /x HTTP/1.1\r\n\(fields)", port: sluice.port).waitForHead()
    let names = { (reading: InflatedReading) in Set(reading.headers.keys).subtracting(["sluice-position"]) }
    #expect(names(get) == names(head))
    try await sluice.stop()
  }

  @Test func `a page of a poll is not inside gzip, and says so`() async throws {
    let sluice = try await serve()
    try sluice.write(lines: ["one"])
    let poll = try await InflatingClient.get("/x", port: sluice.port, headers: ["Prefer": "wait=30"])
    let reading = try await poll.wait(for: "the page") { $0.tail == "one\n" }
    #expect(reading.headers["content-encoding"] == nil && reading.headers["content-length"] == "4")
    try await sluice.stop()
  }

  @Test(arguments: forms)
  func `each message can be read as soon as it is sent, the first too`(form: CompressedForm) async throws {
    let sluice = try await serve()
    let client = try await form.open("/x", sluice)
    for number in 1...20 {
      try sluice.write(lines: [Tick.text(number)])
      let reading = try await client.waitForTick(number)
      #expect(form.compressed(reading) == number)
    }
    #expect(client.reading.eventStream.retries.count == (form == .events ? 1 : 0))
    try await sluice.stop()
  }

  // RFC 1952 section 2.3.1, checked by zlib
  @Test(arguments: CompressedForm.allCases)
  func `a finite stream ends with a right trailer, however little a socket takes at a time`(
    form: CompressedForm
  ) async throws {
    let folder = try TemporaryFolder()
    let texts = Tick.texts(1...12_000)
    try folder.write("ticks", texts.map { $0 + "\n" }.joined())
    let sluice = try await SluiceProcess.serve(
      """
      routes:
        /each: {from: {file: ticks, mode: each}, protocols: [websocket, sse, stream]}
        /replay: {from: {file: ticks, mode: replay}, protocols: [websocket, sse, stream], replay: all,
          history: {messages: 20000, size: 64MiB}, slow: {lag: 64MiB}}
      """, folder: folder)
    for path in ["/each", "/replay"] {
      let small = try await form.open(path, sluice, receiveBuffer: 2048)
      let reading = try await small.waitForTick(12_000)
      #expect(form.items(reading) == texts)
      #expect(form.compressed(reading) > 0)
      guard path == "/each" else { continue }
      let end = try await small.waitForClose()
      #expect(end.failure == nil)
      #expect(form.isWebSocket ? end.closeCode == 1000 : end.isComplete)
    }
    try await sluice.stop()
  }

  @Test(arguments: forms)
  func `a server that ends completes every body, with nothing sent and with much`(form: CompressedForm) async throws {
    let sluice = try await serve()
    let first = try await form.open("/x", sluice)
    try sluice.write(lines: Tick.texts(1...500))
    try await first.waitForTick(500)
    let late = try await form.open("/x", sluice)
    try await late.waitForTick(500)
    try await sluice.stop()
    for client in [first, late] {
      let end = try await client.waitForClose()
      #expect(end.failure == nil && end.isComplete)
    }
    #expect(form.items(first.reading) == Tick.texts(1...500))
  }
}
