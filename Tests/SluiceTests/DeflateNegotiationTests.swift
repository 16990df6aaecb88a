import TestSupport
import Testing

/// What is agreed of permessage-deflate (RFC 7692 sections 5.1 and 7.1), through the built binary.
struct DeflateNegotiationTests {
  private func serve(_ compression: String) async throws -> SluiceProcess {
    try await SluiceProcess.serve(
      "routes: {/x: {from: {pipe: \"-\"}, protocols: [websocket, sse, stream], compression: \(compression)}}")
  }

  /// The value of `Sec-WebSocket-Extensions` in the answer to an offer.
  private func agreed(_ offer: String?, _ sluice: SluiceProcess) async throws -> String? {
    let client = try await InflatingClient.webSocket("/x", port: sluice.port, offer: offer)
    let head = try await client.waitForHead()
    #expect(head.status == 101, "\(offer ?? "none")")
    await client.close()
    return head.headers["sec-websocket-extensions"]
  }

  private func expect(_ answers: [(String?, String?)], _ sluice: SluiceProcess) async throws {
    for (offer, answer) in answers {
      let agreed = try await agreed(offer, sluice)
      #expect(agreed == answer, "\(offer ?? "none")")
    }
    try await sluice.stop()
  }

  private static let alone = "permessage-deflate; client_no_context_takeover"

  // Sections 7.1.1 and 7.1.2
  @Test func `what the client asks of the server is in the answer, and nothing that it did not ask`() async throws {
    try await expect(
      [
        (nil, nil), ("permessage-deflate", Self.alone),
        ("permessage-deflate; client_no_context_takeover", Self.alone),
        ("permessage-deflate; client_max_window_bits", Self.alone),
        ("permessage-deflate; client_max_window_bits=10", Self.alone),
        ("permessage-deflate;client_max_window_bits=\"10\"", Self.alone),
        (
          "permessage-deflate; server_no_context_takeover",
          "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
        ),
        ("permessage-deflate; server_max_window_bits=15", Self.alone + "; server_max_window_bits=15"),
        ("permessage-deflate ; server_max_window_bits = \"8\"", Self.alone + "; server_max_window_bits=8"),
        (
          "permessage-deflate; client_max_window_bits; server_max_window_bits=12; server_no_context_takeover",
          "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=12"
        ),
      ], try await serve("per_connection"))
  }

  // Section 7.1: "decline ... if ... not defined ..., ... invalid values, ... multiple parameters with the same name"
  @Test func `an offer with a parameter that is unknown, doubled or wrong is declined, and the next is looked at`()
    async throws
  {
    let wrong = [
      "mystery", "mystery=1", "server_max_window_bits", "server_max_window_bits=7", "server_max_window_bits=16",
      "server_max_window_bits=08", "server_max_window_bits=\"x\"", "server_no_context_takeover=1",
      "client_no_context_takeover=\"yes\"", "client_max_window_bits=7", "client_max_window_bits=0",
      "client_max_window_bits; client_max_window_bits=9", "server_no_context_takeover; server_no_context_takeover",
    ]
    let alone = wrong.map { ("permessage-deflate; " + $0, nil as String?) }
    let followed = wrong.map {
      (
        "permessage-deflate; \($0), permessage-deflate; server_max_window_bits=9" as String?,
        Self.alone + "; server_max_window_bits=9" as String?
      )
    }
    try await expect(alone + followed, try await serve("per_connection"))
  }

  // RFC 6455 section 9.1: fields may be several, in order; RFC 9110 section 5.6.1.2: members may be empty.
  @Test func `other extensions are not named, and several fields are one list`() async throws {
    try await expect(
      [
        ("x-webkit-deflate-frame", nil), ("permessage-bzip2, x-webkit-deflate-frame; no_context_takeover", nil),
        ("x-webkit-deflate-frame, permessage-deflate", Self.alone), (", ,permessage-deflate,", Self.alone),
        ("permessage-bzip2\r\nSec-WebSocket-Extensions: permessage-deflate", Self.alone),
        ("permessage-deflate\r\nSec-WebSocket-Extensions: x; y=\"z\"", Self.alone), ("", nil),
        // One that all can share is preferred to one that costs a compressor.
        ("permessage-deflate; server_no_context_takeover, permessage-deflate", Self.alone),
      ], try await serve("shared"))
  }

  // RFC 6455 section 9.1: what is malformed must not be passed over.
  @Test(arguments: ["shared", "off"])
  func `a malformed field is answered with 400`(compression: String) async throws {
    let sluice = try await serve(compression)
    for offer in [
      "permessage-deflate;", "permessage-deflate; ;", "permessage-deflate; client_max_window_bits=", "; a",
      "permessage-deflate client_max_window_bits", "permessage-deflate; a=\"x", "permessage-deflate; a=\"\"",
      "permessage-deflate; a=\"b c\"", "permessage-deflate; =9", "permessage-deflate, a/b", "permessage-deflate; a=b=c",
    ] {
      let client = try await InflatingClient.webSocket("/x", port: sluice.port, offer: offer)
      let head = try await client.waitForHead()
      #expect(head.status == 400, "\(offer)")
      await client.close()
    }
    try await sluice.stop()
  }

  @Test func `a route compresses as the server does, unless it says so itself`() async throws {
    let feed = "from: {pipe: \"-\"}, protocols: [websocket, sse, stream]"
    let sluice = try await SluiceProcess.serve(
      "routes: {/x: {from: {interval: 1h}, protocols: [websocket, sse, stream]}, /y: {\(feed), compression: shared}}",
      server: "  compression: off")
    for form in CompressedForm.allCases {
      for (path, isCompressed) in [("/x", false), ("/y", true)] {
        let headers = try await form.open(path, sluice).reading.headers
        #expect(
          ((headers["sec-websocket-extensions"] ?? headers["content-encoding"]) != nil) == isCompressed, "\(form)")
      }
    }
    try await sluice.stop()
  }

  @Test func `a route that does not compress names no extension and no coding`() async throws {
    let sluice = try await serve("off")
    let socket = try await CompressedForm.webSocket.open("/x", sluice)
    let others = [
      try await CompressedForm.events.open("/x", sluice), try await CompressedForm.lines.open("/x", sluice),
    ]
    #expect(socket.reading.headers["sec-websocket-extensions"] == nil)
    try sluice.write(lines: Tick.texts(1...3))
    let got = try await socket.wait(for: "ticks") { $0.messages.count == 3 }
    #expect(got.texts == Tick.texts(1...3) && got.isAllPlain)
    for client in others {
      let reading = try await client.wait(for: "ticks") { $0.tail.contains(Tick.text(3)) }
      #expect(reading.headers["content-encoding"] == nil)
      #expect(reading.headers["vary"] == "Accept")
    }
    try await sluice.stop()
  }
}
