import Ingest
import Streams

/// What sources send: each framing cuts the same messages however the bytes are split, and none longer than it may be.
final class FramerTarget: FuzzTarget {
  static let name = "framers"
  static let words = [
    "\n", "\r\n", "\r", "data: ", "data", ":", "\u{FEFF}", "5:hello,", "0:,", "--x", "aa", "\u{0}\u{0}\u{0}\u{5}",
  ]

  private static let framings: [Framing] =
    [.lines, .netstring, .sse, .delimiter([0]), .delimiter(Array("--x".utf8)), .delimiter(Array("aab".utf8))]
    + [1, 2, 4, 8].flatMap { bytes in
      [LengthPrefix.Endian.big, .little].map { .lengthPrefixed(LengthPrefix(bytes: bytes, endian: $0)) }
    }

  private struct Framed: Equatable {
    var messages: [[UInt8]] = []
    var drops = FramerDrops()
    var failure: SourceFailure?
  }

  func run(_ input: [UInt8], _ random: inout Random) throws(Finding) {
    for framing in Self.framings {
      for most in [1, 3, 17, 1000] {
        let whole = try frame(framing, [input], most)
        let split = try frame(framing, random.pieces(of: input), most)
        try Finding.unless(split == whole, "\(framing), at most \(most): split it reads \(split), not \(whole)")
        try checkDelimited(framing, input, most, whole)
      }
    }
    try checkChunks(input, &random)
  }

  private func frame(_ framing: Framing, _ pieces: [[UInt8]], _ most: Int) throws(Finding) -> Framed {
    var framer = framing.makeFramer(maxMessage: most)
    var framed = Framed()
    for (index, piece) in pieces.enumerated() where framed.failure == nil {
      var batch = Batch()
      piece.withUnsafeBytes { raw in
        do throws(SourceFailure) { try framer.cut(raw, into: &batch) } catch { framed.failure = error }
      }
      framed.messages += (0..<batch.count).map { batch[$0] }
      guard index.isMultiple(of: 32) || index == pieces.count - 1 else { continue }
      // Of an event both its data and the line in hand; of a line its end; of a length its digits.
      let held = heldBytes(framer, except: ["delimiter"])
      try Finding.unless(held <= 2 * most + 32, "\(framing), at most \(most): the framer holds \(held) bytes")
    }
    if framed.failure == nil {
      var batch = Batch()
      framer.finish(into: &batch)
      framed.messages += (0..<batch.count).map { batch[$0] }
    }
    framed.drops = framer.drops
    let longest = framed.messages.map(\.count).max() ?? 0
    try Finding.unless(longest <= most, "\(framing), at most \(most): a message has \(longest) bytes")
    return framed
  }

  /// Lines and delimiters once more, in the plainest way there is.
  private func checkDelimited(
    _ framing: Framing, _ input: [UInt8], _ most: Int, _ framed: Framed
  ) throws(Finding) {
    let delimiter: [UInt8]
    switch framing {
    case .lines: delimiter = [0x0A]
    case .delimiter(let bytes): delimiter = bytes
    default: return
    }
    var messages: [[UInt8]] = []
    var rest: [UInt8] = []
    for byte in input {
      rest.append(byte)
      guard rest.suffix(delimiter.count) == delimiter[...] else { continue }
      rest.removeLast(delimiter.count)
      if framing == .lines, rest.last == 0x0D { rest.removeLast() }
      messages.append(rest)
      rest = []
    }
    if !rest.isEmpty { messages.append(rest) }
    let kept = messages.filter { $0.count <= most }
    let expected = Framed(messages: kept, drops: FramerDrops(tooLong: messages.count - kept.count))
    try Finding.unless(framed == expected, "\(framing), at most \(most): it reads \(framed), not \(expected)")
  }

  /// Chunks have no bounds of their own: nothing may be lost.
  private func checkChunks(_ input: [UInt8], _ random: inout Random) throws(Finding) {
    for most in [1, 17, 1000] {
      let framed = try frame(.chunks, random.pieces(of: input), most)
      try Finding.unless(framed.messages.flatMap { $0 } == input, "chunks: bytes are missing")
    }
  }
}
