import NIOCore
import Testing
import Wire

struct WebSocketParserTests {
  private typealias Event = WebSocketParser.Event

  private func parse(_ pieces: [[UInt8]], limit: Int = 1 << 20) -> [Event] {
    var parser = WebSocketParser(messageLimit: limit)
    return pieces.flatMap { parser.receive(ByteBuffer(bytes: $0)) }
  }

  private func failure(_ bytes: [UInt8], limit: Int = 1 << 20) -> UInt16? {
    for event in parse([bytes], limit: limit) {
      if case .failure(let failure) = event { return failure.code }
    }
    return nil
  }

  // RFC 6455 section 5.7
  @Test func `a masked text frame of the RFC's example is read`() {
    let bytes: [UInt8] = [0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58]
    #expect(parse([bytes]) == [.data(ByteBuffer(string: "Hello"), isText: true, isFirst: true, isLast: true)])
  }

  @Test func `everything reads the same when split at every byte`() {
    let bytes =
      frame(0x01, Array("grü".utf8)) + frame(0x89, Array("ping".utf8)) + frame(0x80, Array("n!".utf8))
      + frame(0x82, [0, 1, 2, 255]) + frame(0x82, []) + frame(0x8A, []) + frame(0x88, [0x03, 0xE8] + Array("bye".utf8))
    let whole = joined(parse([bytes]).filter { if case .ping = $0 { false } else { true } })
    #expect(whole.count == 5)
    #expect(whole.last == .close(1000, reason: "bye"))
    for cut in 0...bytes.count {
      let events = parse([Array(bytes[..<cut]), Array(bytes[cut...])])
      #expect(events.contains(.ping(ByteBuffer(string: "ping"))))
      #expect(joined(events.filter { if case .ping = $0 { false } else { true } }) == whole)
    }
    let single = parse(bytes.map { [$0] })
    #expect(joined(single.filter { if case .ping = $0 { false } else { true } }) == whole)
  }

  @Test(arguments: [125, 126, 65535, 65536, 100_001])
  func `frames of every length form are read`(length: Int) {
    let payload = (0..<length).map { UInt8(truncatingIfNeeded: $0) }
    #expect(
      joined(parse([frame(0x82, payload)]))
        == [.data(ByteBuffer(bytes: payload), isText: false, isFirst: true, isLast: true)])
  }

  // RFC 6455 sections 5.1, 5.2, 5.4, 5.5
  @Test(
    arguments: [
      ([0x81, 0x05, 1, 2, 3, 4, 5], "not masked"), ([0xC1, 0x80, 0, 0, 0, 0], "RSV1"),
      ([0xA1, 0x80, 0, 0, 0, 0], "RSV2"),
      ([0x83, 0x80, 0, 0, 0, 0], "reserved opcode"), ([0x8B, 0x80, 0, 0, 0, 0], "reserved control"),
      ([0x09, 0x80, 0, 0, 0, 0], "fragmented ping"), ([0x89, 0xFE, 0, 126], "long ping"),
      ([0x80, 0x80, 0, 0, 0, 0], "continuation of nothing"),
      ([0x01, 0x80, 0, 0, 0, 0, 0x81], "a message in a message"),
      ([0x82, 0xFE, 0, 125, 0, 0, 0, 0], "length not shortest"),
      ([0x82, 0xFF, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0, 0, 0], "length not shortest"),
      ([0x88, 0x81, 0, 0, 0, 0, 3], "close body of one byte"),
      ([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xED], "close code 1005"), ([0x88, 0x82, 0, 0, 0, 0, 0, 0], "close code 0"),
      ([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xF8], "close code 1016"),
      ([0x88, 0x82, 0, 0, 0, 0, 0x13, 0x88], "close code 5000"),
    ] as [([UInt8], String)])
  func `a broken frame is a protocol error`(bytes: [UInt8], name: String) {
    #expect(failure(bytes) == 1002, "\(name)")
  }

  @Test func `text that is not UTF-8 is found at the first wrong byte, also across fragments`() {
    #expect(failure(Array(frame(0x01, [0x48, 0xFF, 0x48]).dropLast())) == 1007)
    #expect(failure(frame(0x01, [0xC3]) + frame(0x80, [0x41])) == 1007)
    #expect(failure(frame(0x81, [0xC3])) == 1007)
    #expect(failure(frame(0x01, [0xC3]) + frame(0x80, [0xBC])) == nil)
    #expect(failure(frame(0x88, [0x03, 0xE8, 0xFF])) == 1007)
  }

  @Test func `a message over the limit is refused by its header`() {
    #expect(failure([0x82, 0xFF, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0], limit: 1000) == 1009)
    #expect(
      failure(
        frame(0x02, [UInt8](repeating: 1, count: 600)) + frame(0x80, [UInt8](repeating: 1, count: 401)), limit: 1000)
        == 1009)
    #expect(failure(frame(0x82, [UInt8](repeating: 1, count: 1000)), limit: 1000) == nil)
  }

  @Test func `nothing is read after a close or a failure`() {
    #expect(parse([frame(0x88, []), frame(0x89, [])]) == [.close(nil, reason: "")])
    #expect(parse([[0xF1], frame(0x89, [])]).count == 1)
  }

  @Test func `random bytes never trap and end in at most one failure`() {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<5_000 {
      let bytes = (0..<Int.random(in: 0...60, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      let failures = parse([bytes]).filter { if case .failure = $0 { true } else { false } }
      #expect(failures.count <= 1)
    }
  }
}
