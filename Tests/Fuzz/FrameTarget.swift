import NIOCore
import Wire

/// What WebSocket clients send: any bytes, and well-formed frames of any messages.
final class FrameTarget: FuzzTarget {
  static let name = "frames"
  static let words = ["\u{81}", "é", "😀", "\u{0}\u{0}\u{0}\u{0}"]
  private static let limit = 1000
  /// A header and the payload of a control frame.
  private static let mostHeld = 14 + WebSocketFrame.maximumControlPayload

  func run(_ input: [UInt8], _ random: inout Random) throws(Finding) {
    for acceptsDeflate in [false, true] {
      let whole = try parse([input], acceptsDeflate)
      let split = try parse(random.pieces(of: input), acceptsDeflate)
      try Finding.unless(whole == split, "split it reads otherwise: \(split), not \(whole)")
      let single = try parse(input.map { [$0] }, acceptsDeflate)
      try Finding.unless(whole == single, "byte by byte it reads otherwise: \(single), not \(whole)")
      try roundTrip(input, acceptsDeflate, &random)
    }
  }

  /// Complete messages, control frames, and how it ended; a message that a failure cut off counts for nothing.
  private func parse(_ pieces: [[UInt8]], _ acceptsDeflate: Bool) throws(Finding) -> [WebSocketParser.Event] {
    var parser = WebSocketParser(messageLimit: Self.limit, acceptsDeflate: acceptsDeflate)
    var result: [WebSocketParser.Event] = []
    var message: ByteBuffer?
    for (index, piece) in pieces.enumerated() {
      for event in parser.receive(ByteBuffer(bytes: piece)) {
        guard case .data(let bytes, let isText, let isFirst, let isLast) = event else {
          result.append(event)
          continue
        }
        try Finding.unless(isFirst == (message == nil), "the bounds of a message are wrong: \(event)")
        var whole = message ?? ByteBuffer()
        whole.writeImmutableBuffer(bytes)
        try Finding.unless(whole.readableBytes <= Self.limit, "a message is longer than the limit")
        message = isLast ? nil : whole
        guard isLast else { continue }
        let isUTF8 = String(validating: whole.readableBytesView, as: UTF8.self) != nil
        try Finding.unless(!isText || isUTF8, "a text is not UTF-8")
        result.append(.data(whole, isText: isText, isFirst: true, isLast: true))
      }
      guard index.isMultiple(of: 16) || index == pieces.count - 1 else { continue }
      let held = heldBytes(parser)
      try Finding.unless(held <= Self.mostHeld, "the parser holds \(held) bytes")
    }
    return result
  }

  /// Messages cut from the input, some of them compressed, in fragments with pings between them, come out as they were.
  private func roundTrip(_ input: [UInt8], _ acceptsDeflate: Bool, _ random: inout Random) throws(Finding) {
    var bytes: [UInt8] = []
    var expected: [WebSocketParser.Event] = []
    for message in random.pieces(of: input) where message.count <= Self.limit {
      let isText = String(validating: message, as: UTF8.self) != nil
      let isCompressed = acceptsDeflate && random.oneIn(2)
      let fragments = random.pieces(of: isCompressed ? Self.deflated(message, &random) : message)
      for (index, fragment) in fragments.enumerated() {
        let opcode: UInt8 = index > 0 ? 0 : (isText ? 1 : 2) | (isCompressed ? 0x40 : 0)
        bytes += Self.frame(opcode | (index == fragments.count - 1 ? 0x80 : 0), fragment, &random)
        guard index < fragments.count - 1, random.oneIn(4) else { continue }
        let ping = Array(fragment.prefix(WebSocketFrame.maximumControlPayload))
        bytes += Self.frame(0x89, ping, &random)
        expected.append(.ping(ByteBuffer(bytes: ping)))
      }
      guard !fragments.isEmpty else { continue }
      expected.append(.data(ByteBuffer(bytes: message), isText: isText, isFirst: true, isLast: true))
    }
    let parsed = try parse(random.pieces(of: bytes), acceptsDeflate)
    try Finding.unless(parsed == expected, "messages come out otherwise: \(parsed), not \(expected)")
  }

  /// A message's payload as a client sends it (RFC 7692 section 7.2.1).
  private static func deflated(_ message: [UInt8], _ random: inout Random) -> [UInt8] {
    let deflater = RawDeflater(level: 1 + random.below(9), windowBits: 8 + random.below(8))
    var output = ByteBuffer()
    message.withUnsafeBytes { deflater.compress($0, into: &output) }
    return Array(output.readableBytesView.dropLast(RawDeflater.tail.count))
  }

  /// A frame as a client sends it.
  private static func frame(_ first: UInt8, _ payload: [UInt8], _ random: inout Random) -> [UInt8] {
    let key = (0..<4).map { _ in UInt8(random.below(256)) }
    let count = payload.count
    let length = count < 126 ? [0x80 | UInt8(count)] : [0xFE, UInt8(count >> 8), UInt8(count & 255)]
    return [first] + length + key + payload.enumerated().map { $1 ^ key[$0 % 4] }
  }
}
