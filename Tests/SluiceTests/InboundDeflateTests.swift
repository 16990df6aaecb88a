import NIOCore
import TestSupport
import Testing

/// Compressed messages of clients (RFC 7692 sections 6 and 7.2.2), through the built binary.
struct InboundDeflateTests {
  private func echo(_ limit: String = "1MiB", _ compression: String = "shared") async throws -> SluiceProcess {
    try await SluiceProcess.serve(
      "routes: {/x: {from: {group: g}, publish: {to: reply, limit: {message: \(limit)}}, compression: \(compression)}}")
  }

  private func send(_ first: UInt8, _ payload: some Collection<UInt8>, _ client: InflatingClient) async throws {
    try await client.send(ClientFrame.encode(first, Array(payload)))
  }

  /// A text message that is compressed, in one frame.
  private static let text = ClientFrame.final | ClientFrame.compressed | 1

  private func expect(_ texts: [String], _ client: InflatingClient) async throws {
    let reading = try await client.wait(for: "the replies") { $0.messages.count == texts.count }
    #expect(reading.texts == texts)
    // What is for one connection alone is plain.
    #expect(reading.isAllPlain)
  }

  @Test func `each message is read by itself, whatever blocks it is made of`() async throws {
    let sluice = try await echo()
    let client = try await CompressedForm.webSocket.open("/x", sluice)
    let words = Array("one two three one two three, grün".utf8)
    // The same twice: without a context it does not refer to the first.
    for _ in 1...2 { try await send(Self.text, Deflater.message(words), client) }
    // Section 7.2.3.4: several blocks, and 7.2.3.5 one that says it is the last.
    try await send(Self.text, Deflater.deflate([words, words, [], words]).dropLast(4), client)
    try await send(Self.text, Deflater.deflate([words, words], isFinal: true) + [0], client)
    try await send(Self.text, Deflater.deflate([words], isFinal: true), client)
    // The four bytes that a sender takes off, left where they were.
    try await send(Self.text, Deflater.deflate([words]), client)
    // Plain among compressed ones, as section 6 allows.
    try await send(ClientFrame.final | 1, words, client)
    let one = String(decoding: words, as: UTF8.self)
    try await expect([one, one, one + one + one, one + one, one, one, one], client)
    try await sluice.stop()
  }

  // Section 7.2.3.6
  @Test func `an empty message is one, as an empty block, as no bytes at all and as nothing but the tail`() async throws
  {
    let sluice = try await echo()
    let client = try await CompressedForm.webSocket.open("/x", sluice)
    for payload in [[0], [], [0, 0, 0, 0xFF, 0xFF], [3, 0]] as [[UInt8]] { try await send(Self.text, payload, client) }
    try await send(Self.text, Deflater.message(Array("end".utf8)), client)
    try await expect(["", "", "", "", "end"], client)
    try await sluice.stop()
  }

  // Section 6.1: RSV1 is on the first frame alone; RFC 6455 section 5.4.
  @Test func `a message in many frames, cut anywhere, comes back whole, and a ping between them is answered first`()
    async throws
  {
    let sluice = try await echo()
    let client = try await CompressedForm.webSocket.open("/x", sluice)
    let text = (0..<200).map { "word \($0 * 7919 % 1000) " }.joined()
    let bytes = Deflater.message(Array(text.utf8))
    try await send(ClientFrame.compressed | 1, bytes[..<1], client)
    try await send(ClientFrame.final | 9, Array("ping".utf8), client)
    try await send(0, [], client)
    for byte in bytes[1..<50] { try await send(0, [byte], client) }
    try await send(0, bytes[50...], client)
    try await send(ClientFrame.final, [], client)
    try await expect([text], client)
    #expect(client.reading.frames.map(\.opcode).filter { $0 != 9 } == [10, 1])
    // Binary is no text, compressed or not.
    try await send(ClientFrame.final | ClientFrame.compressed | 2, Deflater.message([0, 0xFF, 0xC0]), client)
    let last = try await client.wait(for: "the bytes") { $0.messages.count == 2 }.messages[1]
    #expect(last.opcode == 2 && last.payload == ByteBuffer(bytes: [0, 0xFF, 0xC0]))
    try await sluice.stop()
  }

  private func expectClose(
    _ code: UInt16, _ bytes: [ByteBuffer], _ sluice: SluiceProcess, offer: String? = "permessage-deflate"
  )
    async throws
  {
    let client = try await InflatingClient.webSocket("/x", port: sluice.port, offer: offer)
    try await client.waitForHead()
    for piece in bytes { try await client.send(piece) }
    let reading = try await client.waitForClose()
    #expect(reading.closeCode == code, "\(bytes.map { Array($0.readableBytesView.prefix(20)) })")
    #expect(reading.messages.isEmpty)
  }

  @Test func `a bomb ends with 1009 long before it has come whole`() async throws {
    let sluice = try await echo("64MiB")
    let bomb = Deflater.message([UInt8](repeating: 0, count: 32 << 20))
    #expect(bomb.count < 40_000)
    try await expectClose(1009, [ClientFrame.encode(Self.text & ~1 | 2, bomb, sent: 3000)], sluice)
    #expect(sluice.memory("VmHWM") < 60 << 10)
    try await sluice.stop()
  }

  @Test func `a message beyond the limit ends with 1009, however small it came; one within it passes`() async throws {
    let sluice = try await echo("10KB")
    let text = { (count: Int) in (0..<count).map { UInt8(32 + ($0 * $0 / 7) % 64) } }
    let client = try await CompressedForm.webSocket.open("/x", sluice)
    try await send(Self.text, Deflater.message(text(10_000)), client)
    try await expect([String(decoding: text(10_000), as: UTF8.self)], client)
    let big = Deflater.message(text(10_001))
    #expect(big.count < 10_000)
    try await expectClose(1009, [ClientFrame.encode(Self.text, big)], sluice)
    try await sluice.stop()
  }

  @Test func `what is not DEFLATE ends with 1007, and what becomes no UTF-8`() async throws {
    let sluice = try await echo()
    let whole = Deflater.message(Array("some words, some words".utf8))
    for payload in [
      [7], [0xFF, 0xFF], Array(whole.dropLast(2)), Deflater.message([0xC3, 0x28]), Deflater.message([0xC3]),
    ] {
      try await expectClose(1007, [ClientFrame.encode(Self.text, payload)], sluice)
    }
    try await sluice.stop()
  }

  // RFC 7692 section 6, RFC 6455 section 5.2
  @Test func `RSV1 on anything but the first frame of a message ends with 1002, and so do RSV2 and RSV3`() async throws
  {
    let sluice = try await echo()
    let begun = ClientFrame.encode(ClientFrame.compressed | 1, [0])
    try await expectClose(1002, [begun, ClientFrame.encode(ClientFrame.final | ClientFrame.compressed, [0])], sluice)
    for first in [9, 10, 8, 0x21, 0x11, 0x61] as [UInt8] {
      let bits = first < 16 ? ClientFrame.compressed | first : first
      try await expectClose(1002, [ClientFrame.encode(ClientFrame.final | bits, [0, 0])], sluice)
    }
    try await sluice.stop()
  }

  @Test(arguments: [("shared", nil), ("shared", "permessage-deflate; mystery"), ("off", "permessage-deflate")])
  func `RSV1 without agreement ends with 1002`(compression: String, offer: String?) async throws {
    let sluice = try await echo("1MiB", compression)
    try await expectClose(1002, [ClientFrame.encode(Self.text, Deflater.message([65]))], sluice, offer: offer)
    try await sluice.stop()
  }

  // RFC 6455 section 7.4.1
  @Test func `a route that takes no messages refuses compressed ones with 1008, as plain ones`() async throws {
    let sluice = try await SluiceProcess.serve("routes: {/x: {from: {interval: 1h}}}")
    try await expectClose(1008, [ClientFrame.encode(Self.text, Deflater.message([65]))], sluice)
    try await expectClose(1008, [ClientFrame.encode(ClientFrame.final | 1, [65])], sluice)
    try await sluice.stop()
  }
}
