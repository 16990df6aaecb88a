import TestSupport
import Testing

/// `text/event-stream` as a browser reads it (WHATWG HTML section 9.2), through the built binary.
struct EventStreamTests {
  /// A server whose source has said these messages, byte for byte, framed as netstrings.
  private func serve(_ messages: [[UInt8]], _ settings: String = "replay: all") async throws -> SluiceProcess {
    let folder = try TemporaryFolder()
    let octal = messages.map { message in
      let escaped = message.map { byte in
        let digits = String(byte, radix: 8)
        return "\\" + String(repeating: "0", count: 3 - digits.count) + digits
      }
      return "\(message.count):\(escaped.joined()),"
    }
    try folder.write("feed.sh", "#!/bin/sh\nprintf '\(octal.joined())'\nexec sleep 600\n", isProgram: true)
    return try await SluiceProcess.serve(
      "routes: {/x: {from: {exec: [./feed.sh], framing: netstring}, \(settings)}}", folder: folder)
  }

  // Section 9.2.5: lines end with CR LF, LF or CR; only U+FEFF at the very start of the stream is stripped
  @Test func `line ends, NUL and BOM inside messages arrive as a browser can have them`() async throws {
    let messages = [
      "\u{FEFF}first", "a\nb\r\nc\rd", "", "end\n", "\n", "nul\u{0}nul", "id: x", ": no comment", " lead",
    ]
    let sluice = try await serve(messages.map { Array($0.utf8) })
    let client = try await TestClient.events("/x", port: sluice.port)
    let events = try await client.wait(for: "all events") { $0.events.count == messages.count }.events
    #expect(events.map(\.data) == messages.map { $0.replacing("\r\n", with: "\n").replacing("\r", with: "\n") })
    #expect(events.allSatisfy { $0.name == "message" })
    #expect(events.map { $0.id.split(separator: "-").last.map(String.init) } == (1...messages.count).map { "\($0)" })
    try await sluice.stop()
  }

  // RFC 4648 section 4, RFC 3629 section 3
  @Test func `what is not UTF-8 is an event 'binary' in base64, and text stays text`() async throws {
    let messages: [[UInt8]] = [
      [0xFF, 0xFE], [0x61, 0xC0, 0x80], [0xED, 0xA0, 0x80], Array("é€😀".utf8), Array(0...255),
    ]
    let sluice = try await serve(messages)
    let client = try await TestClient.events("/x", port: sluice.port)
    let events = try await client.wait(for: "all events") { $0.events.count == messages.count }.events
    #expect(events.map(\.name) == ["binary", "binary", "binary", "message", "binary"])
    #expect(events[0...3].map(\.data) == ["//4=", "YcCA", "7aCA", "é€😀"])
    #expect(events[4].data.hasPrefix("AAECAwQF"))
    #expect(events[4].data.utf8.count == 344)
    try await sluice.stop()
  }

  // Section 9.2.6, "retry"
  @Test func `every client is told its own time to come back, at the start and when the server ends`() async throws {
    let sluice = try await serve([], "retry: 8s")
    var clients: [TestClient] = []
    for _ in 0..<12 { clients.append(try await TestClient.events("/x", port: sluice.port)) }
    for client in clients { try await client.wait(for: "a retry") { $0.eventStream.retries.count == 1 } }
    let first = clients.compactMap { $0.response?.eventStream.retries.first }
    #expect(first.allSatisfy { (6000...10000).contains($0) })
    #expect(Set(first).count > 1)
    let stream = try await TestClient.get("/x", port: sluice.port)
    try await stream.wait(for: "a head") { _ in true }
    #expect(try await sluice.stop() == 0)
    for client in clients {
      try await client.waitForClose()
      #expect(client.response?.eventStream.retries.count == 2)
      #expect(client.response?.isComplete == true)
    }
    #expect(stream.response?.body.readableBytes == 0)
  }

  @Test func `without 'retry' it is about three seconds`() async throws {
    let sluice = try await serve([])
    let client = try await TestClient.events("/x", port: sluice.port)
    let told = try await client.wait(for: "a retry") { !$0.eventStream.retries.isEmpty }.eventStream.retries
    #expect((2250...3750).contains(told[0]))
    try await sluice.stop()
  }

  // RFC 9112 section 6.3 rule 8: HTTP/1.0 has no chunks, the body ends with the connection
  @Test func `HTTP 1.0 gets its events without chunks`() async throws {
    let sluice = try await serve([Array("one\ntwo".utf8)])
    let client = try await TestClient.connect(
      port: sluice.port, sending: "GET /x HTTP/1.0\r\nAccept: text/event-stream\r\nConnection: keep-alive\r\n\r\n")
    let response = try await client.wait(for: "the event") { !$0.events.isEmpty }
    #expect(response.headers["transfer-encoding"] == nil)
    #expect(response.headers["connection"] == "close")
    #expect(response.events[0].data == "one\ntwo")
    #expect(try await sluice.stop() == 0)
    try await client.waitForClose()
  }

  @Test func `the last event id goes by header, else by query, and a foreign one is told as a gap`() async throws {
    let sluice = try await serve(["a", "b", "c"].map { Array($0.utf8) })
    let whole = try await TestClient.events("/x", port: sluice.port)
    let ids = try await whole.wait(for: "all") { $0.events.count == 3 }.events.map(\.id)
    func events(_ path: String, _ lastID: String? = nil) async throws -> [String] {
      let client = try await TestClient.events(path, port: sluice.port, lastID: lastID)
      return try await client.wait(for: "the last") { $0.events.last?.data == "c" }.events.map {
        $0.name == "message" ? $0.data : $0.name
      }
    }
    #expect(try await events("/x", ids[1]) == ["c"])
    #expect(try await events("/x?last_event_id=\(ids[1])") == ["c"])
    #expect(try await events("/x?after=\(ids[0])&last_event_id=\(ids[1])") == ["c"])
    #expect(try await events("/x?last_event_id=\(ids[1])", ids[0]) == ["b", "c"])
    #expect(try await events("/x?last_event_id=of-another") == ["sluice.gap", "a", "b", "c"])
    #expect(try await events("/x?last_event_id=") == ["a", "b", "c"])
    try await sluice.stop()
  }
}
