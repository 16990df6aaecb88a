import Ingest
import JSONText
import NIOCore
import Streams
import Wire

/// What is sent: any messages in every wire format come out of an independent reader as they were.
final class EventTarget: FuzzTarget {
  static let name = "events"
  static let words = [
    "\n", "\r", "\r\n", "\n\n", "\u{0}", "\u{FEFF}", "data:", "data: ", "id: 1", "event: binary\n", ":", " ", "😀",
    "\u{2028}", "\u{85}", "0\r\n\r\n",
  ]
  private static let epoch = Epoch(987_654_321)

  func run(_ input: [UInt8], _ random: inout Random) throws(Finding) {
    var batch = Batch()
    for message in random.pieces(of: input) { message.withUnsafeBytes { batch.append(classifying: $0) } }
    if !batch.isEmpty {
      let first = Offset(UInt64(1 + random.below(1 << 40)))
      let chunk = Chunk(epoch: Self.epoch, first: first, position: 0, appended: .now(), batch: batch)
      for format in WireFormat.allCases { try check(chunk, format) }
    }
    try checkNotes(String(decoding: input, as: UTF8.self))
  }

  private func check(_ chunk: Chunk, _ format: WireFormat) throws(Finding) {
    let encoded = format.encode(chunk)
    try Finding.unless(
      encoded.ends.count == chunk.count && encoded.ends.last == UInt32(encoded.bytes.readableBytes)
        && zip(encoded.ends, encoded.ends.dropFirst()).allSatisfy { $0 <= $1 },
      "\(format): the ends are wrong")
    let bytes = Array(encoded.bytes.readableBytesView)
    switch format {
    case .webSocket, .webSocketDeflate: try checkFrames(bytes, chunk.batch)
    case .sse: try checkEvents(bytes, chunk)
    case .stream: try checkStream(bytes, chunk.batch)
    case .sseChunked: try checkEvents(try Self.unchunked(bytes), chunk)
    case .streamChunked: try checkStream(try Self.unchunked(bytes), chunk.batch)
    case .sseGzip: try checkEvents(try Self.inflated(Self.unchunked(bytes)), chunk)
    case .streamGzip: try checkStream(try Self.inflated(Self.unchunked(bytes)), chunk.batch)
    }
  }

  /// The content of blocks that are not compressed.
  private static func inflated(_ bytes: [UInt8]) throws(Finding) -> [UInt8] {
    var output = ByteBuffer()
    do throws(InflateFailure) {
      try ByteBuffer(bytes: bytes).withUnsafeReadableBytes { raw throws(InflateFailure) in
        try RawInflater().inflate(raw, into: &output, limit: bytes.count)
      }
    } catch {
      throw Finding("the blocks are malformed: \(error)")
    }
    return Array(output.readableBytesView)
  }

  private func checkEvents(_ bytes: [UInt8], _ chunk: Chunk) throws(Finding) {
    let batch = chunk.batch
    let events = try EventStreamReader.read(bytes)
    try Finding.unless(events.count == batch.count, "\(events.count) events of \(batch.count) messages")
    for (index, event) in events.enumerated() {
      let expected = EventStreamReader.Event(
        name: batch.marks[index].isText ? "" : "binary", data: Self.data(of: batch, index),
        id: "\(chunk.epoch)-\((chunk.first + index).value)")
      try Finding.unless(
        event.data.unicodeScalars.elementsEqual(expected.data.unicodeScalars) && event == expected,
        "the event is \(event), not \(expected)")
    }
    // What one sluice sends, another can take in.
    var framer = Framing.sse.makeFramer(maxMessage: 1 << 20)
    var framed = Batch()
    do throws(SourceFailure) {
      var failure: SourceFailure?
      bytes.withUnsafeBytes { raw in
        do throws(SourceFailure) { try framer.cut(raw, into: &framed) } catch { failure = error }
      }
      if let failure { throw failure }
    } catch {
      throw Finding("the framer refuses it: \(error)")
    }
    let messages = (0..<framed.count).map { framed[$0] }
    let expected = (0..<batch.count).map { Array(Self.data(of: batch, $0).utf8) }
    try Finding.unless(messages == expected, "the framer reads \(messages), not \(expected)")
  }

  /// A text with its line ends as a browser gives them, or base64.
  private static func data(of batch: Batch, _ index: Int) -> String {
    let message = batch[index]
    guard batch.marks[index].isText else { return base64(message) }
    let scalars = Array(String(decoding: message, as: UTF8.self).unicodeScalars) + ["\n"]
    var view = String.UnicodeScalarView()
    for (index, line) in EventStreamReader.lines(scalars).enumerated() {
      if index > 0 { view.append("\n") }
      view.append(contentsOf: line)
    }
    // A CR at the end makes one pair with the line feed that was put there: it ends a line, and an empty one follows.
    if message.last == 0x0D { view.append("\n") }
    return String(view)
  }

  /// RFC 4648 section 4, bit by bit.
  private static func base64(_ bytes: [UInt8]) -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var bits = bytes.flatMap { byte in (0..<8).map { Int(byte >> (7 - $0)) & 1 } }
    while !bits.count.isMultiple(of: 6) { bits.append(0) }
    var text = stride(from: 0, to: bits.count, by: 6).map { start in
      letters[bits[start..<start + 6].reduce(0) { $0 * 2 + $1 }]
    }
    while !text.count.isMultiple(of: 4) { text.append("=") }
    return String(text)
  }

  private func checkStream(_ bytes: [UInt8], _ batch: Batch) throws(Finding) {
    var expected: [UInt8] = []
    for index in 0..<batch.count { expected += batch[index] + (batch.marks[index].isText ? [0x0A] : []) }
    try Finding.unless(bytes == expected, "the plain stream is \(bytes)")
  }

  /// Final, unmasked frames in the shortest form (RFC 6455 section 5.2).
  private func checkFrames(_ bytes: [UInt8], _ batch: Batch) throws(Finding) {
    var rest = bytes[...]
    for index in 0..<batch.count {
      let message = batch[index]
      let count = message.count
      let length: [UInt8] =
        count < 126
        ? [UInt8(count)]
        : count < 65536
          ? [126, UInt8(count >> 8), UInt8(count & 255)] : [127] + (0..<8).map { UInt8(count >> (56 - $0 * 8) & 255) }
      let frame = [batch.marks[index].isText ? 0x81 : 0x82] + length + message
      try Finding.unless(rest.starts(with: frame), "message \(index) is framed as \(rest.prefix(14))")
      rest = rest.dropFirst(frame.count)
    }
    try Finding.unless(rest.isEmpty, "\(rest.count) bytes behind the last frame")
  }

  /// RFC 9112 section 7.1.
  private static func unchunked(_ bytes: [UInt8]) throws(Finding) -> [UInt8] {
    var rest = bytes[...]
    var body: [UInt8] = []
    while !rest.isEmpty {
      let digits = rest.prefix { $0 != 0x0D }
      rest = rest.dropFirst(digits.count)
      guard let size = Int(String(decoding: digits, as: UTF8.self), radix: 16), size > 0,
        rest.starts(with: [0x0D, 0x0A]), rest.count >= size + 4
      else { throw Finding("a chunk's size is wrong: \(Array(digits))") }
      body += rest.dropFirst(2).prefix(size)
      rest = rest.dropFirst(2 + size)
      try Finding.unless(rest.starts(with: [0x0D, 0x0A]), "a chunk does not end with CR LF")
      rest = rest.dropFirst(2)
    }
    return body
  }

  /// The server's own messages carry foreign names: one event each, with JSON in it.
  private func checkNotes(_ text: String) throws(Finding) {
    let token = ResumeToken(epoch: Self.epoch, last: Offset(7))
    let notes: [Note] = [
      .health(Health(source: text, state: .running, reason: text)), .gap(Gap(missed: nil, resumed: token)),
      .position(token),
    ]
    for note in notes {
      try Finding.unless(Self.isObject(note.json), "\(note.json) is no JSON")
      let events = try EventStreamReader.read(Array(WireFormat.sse.encode(note).readableBytesView))
      try Finding.unless(
        events.count == 1 && events[0].name == "sluice.\(note.name)" && Self.isObject(events[0].data),
        "\(note.name) comes out as \(events)")
    }
  }

  private static func isObject(_ json: String) -> Bool {
    Array("{\"x\":\(json)}".utf8).withUnsafeBytes { JSONText.value(of: "x", in: $0) != nil }
  }
}
