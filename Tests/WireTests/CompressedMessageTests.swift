import NIOCore
import Testing
import Wire

struct CompressedMessageTests {
  /// What a parser that accepts deflate makes of frames: the messages and how it ended.
  private func parse(_ pieces: [[UInt8]], limit: Int = 1 << 20) -> [WebSocketParser.Event] {
    var parser = WebSocketParser(messageLimit: limit, acceptsDeflate: true)
    return joined(pieces.flatMap { parser.receive(ByteBuffer(bytes: $0)) })
  }

  private func text(_ text: String) -> WebSocketParser.Event {
    .data(ByteBuffer(string: text), isText: true, isFirst: true, isLast: true)
  }

  private func failure(_ bytes: [UInt8], limit: Int = 1 << 20) -> WebSocketFailure? {
    for event in parse([bytes], limit: limit) {
      if case .failure(let failure) = event { return failure }
    }
    return nil
  }

  // RFC 7692 section 7.2.3, the payloads of all its examples that need no window of an earlier message
  @Test(
    arguments: [
      ([0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00], "7.2.3.1, one block"),
      ([0x00, 0x05, 0x00, 0xFA, 0xFF, 0x48, 0x65, 0x6C, 0x6C, 0x6F, 0x00], "7.2.3.3, a stored block"),
      ([0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00], "7.2.3.4, a final block"),
      ([0xF2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xCA, 0xC9, 0xC9, 0x07, 0x00], "7.2.3.5, two blocks"),
      ([0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00], "a final block and nothing behind it"),
      ([0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00, 0x00, 0xFF, 0xFF], "the tail left where it was"),
    ] as [([UInt8], String)])
  func `the RFC's messages are read, however they are cut`(payload: [UInt8], name: String) {
    let whole = frame(0xC1, payload)
    #expect(parse([whole]) == [text("Hello")], "\(name)")
    for cut in 0...whole.count {
      #expect(parse([Array(whole[..<cut]), Array(whole[cut...])]) == [text("Hello")], "\(name), cut at \(cut)")
    }
    for cut in 0...payload.count {
      let fragments = frame(0x41, Array(payload[..<cut])) + frame(0x89, []) + frame(0x80, Array(payload[cut...]))
      var parser = WebSocketParser(messageLimit: 5, acceptsDeflate: true)
      let events = fragments.flatMap { parser.receive(ByteBuffer(bytes: [$0])) }.filter { $0 != .ping(ByteBuffer()) }
      #expect(joined(events) == [text("Hello")], "\(name), fragmented at \(cut)")
    }
  }

  // RFC 7692 section 7.2.3.6
  @Test func `an empty message is empty`() {
    #expect(parse([frame(0xC1, [0x00])]) == [text("")])
    #expect(parse([frame(0xC1, [])]) == [text("")])
    #expect(parse([frame(0x41, []) + frame(0x00, [0x00]) + frame(0x80, [])]) == [text("")])
  }

  // RFC 7692 sections 6.1 and 7.1.1.2: each message begins anew
  @Test func `messages are plain or compressed as each says`() {
    let hello: [UInt8] = [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00]
    let bytes = frame(0xC1, hello) + frame(0x81, Array("plain".utf8)) + frame(0xC1, hello)
    #expect(parse([bytes]) == [text("Hello"), text("plain"), text("Hello")])
    // 7.2.3.2: the second message of a sender that keeps its window.
    #expect(failure(frame(0xC1, hello) + frame(0xC1, [0xF2, 0x00, 0x11, 0x00, 0x00])) == .notDeflate)
  }

  // RFC 7692 section 6.1
  @Test(
    arguments: [
      (frame(0x41, [0xF2]) + frame(0xC0, []), "on a compressed message's continuation"),
      (frame(0x01, []) + frame(0xC0, []), "on a plain message's continuation"),
      (frame(0xC9, []), "on a ping"), (frame(0xC8, []), "on a close"), (frame(0xE1, []), "with RSV2"),
      (frame(0x91, []), "RSV3 alone"), (frame(0xC3, []), "on a reserved opcode"),
    ] as [([UInt8], String)])
  func `RSV1 stands only on the first frame of a message`(bytes: [UInt8], name: String) {
    #expect(failure(bytes)?.code == 1002, "\(name)")
  }

  @Test func `what is not DEFLATE, or ends inside a block, is invalid`() {
    #expect(failure(frame(0xC2, [0x07])) == .notDeflate)
    #expect(failure(frame(0xC2, [0x00, 0x09, 0x00, 0xF6, 0xFF, 0x48])) == .notDeflate)
    #expect(failure(frame(0xC2, [0xF2, 0x48, 0xCD])) == .notDeflate)
    #expect(failure(frame(0x42, [0x07]))?.code == 1007)
  }

  @Test func `text is checked as it inflates, a binary message is not`() {
    let deflated = RawDeflater(level: 6).message(Array("grü".utf8) + [0xFF])
    #expect(failure(frame(0xC1, deflated)) == .notUTF8)
    #expect(failure(frame(0xC2, deflated)) == nil)
    #expect(failure(frame(0xC1, RawDeflater(level: 6).message([0xC3]))) == .notUTF8)
    // Not UTF-8 first, not DEFLATE behind it.
    let stored: [UInt8] = [0x00, 0x02, 0x00, 0xFD, 0xFF, 0xFF, 0xFF, 0x07]
    #expect(failure(frame(0xC1, stored)) == .notUTF8)
  }

  @Test func `the limit is that of the inflated message, to the byte`() {
    var random = SystemRandomNumberGenerator()
    let content = noise(1000, &random) + [UInt8](repeating: 1, count: 1000)
    let whole = frame(0xC2, RawDeflater(level: 6).message(content))
    #expect(failure(whole, limit: 2000) == nil)
    #expect(failure(whole, limit: 1999) == .tooBig(limit: 1999))
    // Noise takes more when compressed than it has bytes.
    let noisy = RawDeflater(level: 6).message(Array(content.prefix(1000)))
    #expect(noisy.count > 1000)
    #expect(failure(frame(0xC2, noisy), limit: 1000) == nil)
    #expect(failure([0xC2, 0xFE, 0x08, 0x11, 0, 0, 0, 0], limit: 1000) == .tooBig(limit: 1000))
  }

  @Test func `empty blocks without end are too much as well`() {
    var parser = WebSocketParser(messageLimit: 1000, acceptsDeflate: true)
    var events = parser.receive(ByteBuffer(bytes: frame(0x42, [])))
    for _ in 0..<412 { events += parser.receive(ByteBuffer(bytes: frame(0x00, [0x00, 0x00, 0x00, 0xFF, 0xFF]))) }
    #expect(events.count == 413)
    #expect(!events.contains(.failure(.tooBig(limit: 1000))))
    events = parser.receive(ByteBuffer(bytes: frame(0x00, [0x00, 0x00, 0x00, 0xFF, 0xFF])))
    #expect(events == [.failure(.tooBig(limit: 1000))])
  }

  @Test func `a bomb is refused before it has inflated`() {
    let bomb = RawDeflater(level: 9).message([UInt8](repeating: 0, count: 64 << 20))
    #expect(bomb.count < 80 << 10)
    var parser = WebSocketParser(messageLimit: 256 << 20, acceptsDeflate: true)
    var inflated = 0
    var failure: WebSocketFailure?
    for start in stride(from: 0, to: bomb.count, by: 500) {
      let piece = Array(bomb[start..<min(start + 500, bomb.count)])
      for event in parser.receive(ByteBuffer(bytes: frame(start == 0 ? 0x42 : 0x00, piece))) {
        if case .data(let bytes, _, _, _) = event { inflated += bytes.readableBytes }
        if case .failure(let found) = event { failure = found }
      }
    }
    #expect(failure == .tooDense(ratio: 100))
    #expect(failure?.code == 1009)
    #expect(inflated <= 100 << 10)
  }

  @Test func `any content comes through, compressed at any level and cut anywhere`() {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<100 {
      let content = anyContent(&random)
      let windowBits = Int.random(in: RawDeflater.windowBits, using: &random)
      let payload = RawDeflater(level: Int.random(in: 1...9, using: &random), windowBits: windowBits).message(content)
      let fragments = pieces(payload, &random)
      var stream: [UInt8] = []
      for (index, fragment) in fragments.enumerated() {
        let isLast = index == fragments.count - 1
        stream += frame((index == 0 ? 0x42 : 0x00) | (isLast ? 0x80 : 0x00), fragment)
      }
      let message = WebSocketParser.Event.data(ByteBuffer(bytes: content), isText: false, isFirst: true, isLast: true)
      #expect(parse(pieces(stream, &random)) == [message])
    }
  }

  @Test func `broken frames end the same way however they are cut`() {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<500 {
      var payload = RawDeflater(level: 6).message(anyContent(&random, most: 4000))
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let index = Int.random(in: 0..<payload.count, using: &random)
        payload[index] = UInt8.random(in: 0...255, using: &random)
      }
      let stream = frame(0x80 | 0x40 | UInt8.random(in: 1...2, using: &random), payload)
      let whole = parse([stream], limit: 3000).last { isEnd($0) }
      #expect(parse(pieces(stream, &random), limit: 3000).last { isEnd($0) } == whole)
      #expect(parse(stream.map { [$0] }, limit: 3000).last { isEnd($0) } == whole)
    }
  }

  private func isEnd(_ event: WebSocketParser.Event) -> Bool {
    if case .data(_, _, _, let isLast) = event { isLast } else { true }
  }
}
