import NIOCore

/// What a client that takes compression has read so far.
package struct InflatedReading: Sendable {
  /// A WebSocket's message or control frame.
  package struct Message: Sendable {
    package var opcode: UInt8
    package var isCompressed: Bool
    /// As it was meant.
    package var payload: ByteBuffer
    /// As it came.
    package var wire: ByteBuffer
    package var text: String { String(buffer: payload) }
  }

  /// 0 before the head is there.
  package var status = 0
  /// Names in lower case.
  package var headers: [String: String] = [:]
  /// A WebSocket's frames.
  package var frames: [Message] = []
  /// A body's content, without chunks and gzip.
  package var content = ByteBuffer()
  /// For each chunk of a body inside gzip whether it has more than stored blocks (RFC 1951 section 3.2.4).
  package var chunks: [Bool] = []
  /// The body has ended as its codings say: with a last chunk, and a trailer that is right.
  package var isComplete = false
  /// What an ordinary client could not read.
  package var failure: String?
  package var isClosed = false

  /// Of a WebSocket: what is not a control frame.
  package var messages: [Message] { frames.filter { $0.opcode < 8 } }
  package var texts: [String] { messages.map(\.text) }
  package var isAllCompressed: Bool { messages.allSatisfy(\.isCompressed) }
  package var isAllPlain: Bool { !messages.contains(where: \.isCompressed) }
  /// The lines of a plain stream that have ended.
  package var lines: [String] {
    String(buffer: content).split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
  }
  package var eventStream: EventStream { EventStream(content.readableBytesView) }
  /// The code of a close frame, if one has come; 1005 when it has none.
  package var closeCode: UInt16? {
    frames.first { $0.opcode == 8 }.map { $0.payload.getInteger(at: $0.payload.readerIndex) ?? 1005 }
  }
  /// The end of what has come, of the newest messages one behind the other, or of the content: long enough for what a
  /// test waits for with a few notes behind it.
  package var tail: String {
    var end = frames.isEmpty ? content : ByteBuffer()
    for message in frames.suffix(20) where message.opcode < 8 { end.writeImmutableBuffer(message.payload) }
    return String(decoding: end.readableBytesView.suffix(2000), as: UTF8.self)
  }
}

/// Reads what a server answers, as it arrives.
///
/// Owned by whoever reads.
final class InflatedReader {
  private(set) var reading = InflatedReading()
  private var pending = ByteBuffer()
  private var inflater: Inflater?
  /// The window that the client has for what it gets.
  private let windowBits: Int

  init(windowBits: Int) { self.windowBits = windowBits }

  func close() { reading.isClosed = true }

  func receive(_ bytes: ByteBuffer) {
    pending.writeImmutableBuffer(bytes)
    guard reading.failure == nil else { return }
    do {
      if reading.status == 0, !readHead() { return }
      if reading.status == 101 { try readFrames() } else { try readBody() }
    } catch {
      reading.failure = "\(error)"
    }
    pending.discardReadBytes()
  }

  private func readHead() -> Bool {
    guard let response = Response(pending),
      let end = pending.readableBytesView.firstIndex(ofSequence: Array("\r\n\r\n".utf8))
    else { return false }
    pending.moveReaderIndex(to: end + 4)
    (reading.status, reading.headers) = (response.status, response.headers)
    if reading.headers["sec-websocket-extensions"] != nil { inflater = Inflater(.raw(bits: windowBits)) }
    if reading.headers["content-encoding"] == "gzip" { inflater = Inflater(.gzip) }
    return true
  }

  // MARK: - Frames (RFC 6455 section 5.2)

  private func readFrames() throws {
    while let frame = pending.readServerFrame() {
      var message = InflatedReading.Message(
        opcode: frame.opcode, isCompressed: frame.first & 0x40 != 0, payload: frame.payload, wire: frame.payload)
      if message.isCompressed { message.payload = try inflated(frame.payload) }
      reading.frames.append(message)
    }
  }

  /// RFC 7692 section 7.2.2.
  private func inflated(_ wire: ByteBuffer) throws -> ByteBuffer {
    guard let inflater else { throw Inflater.Failure(description: "RSV1 without agreement") }
    if reading.headers["sec-websocket-extensions"]?.contains("server_no_context_takeover") == true { inflater.reset() }
    var (input, output) = (wire, ByteBuffer())
    input.writeBytes([0, 0, 0xFF, 0xFF])
    try inflater.inflate(input, into: &output)
    return output
  }

  // MARK: - Bodies

  private func readBody() throws {
    guard reading.headers["transfer-encoding"] == "chunked" else {
      reading.content.writeBuffer(&pending)
      return
    }
    while let chunk = chunk() {
      guard chunk.readableBytes > 0 else {
        guard inflater?.isAtEnd != false else { throw Inflater.Failure(description: "the gzip file has not ended") }
        reading.isComplete = true
        return
      }
      guard let inflater else {
        reading.content.writeImmutableBuffer(chunk)
        continue
      }
      let isHeader = reading.chunks.isEmpty
      let block = chunk.getInteger(at: chunk.readerIndex + (isHeader ? 10 : 0), as: UInt8.self) ?? 0
      reading.chunks.append(block & 6 != 0)
      try inflater.inflate(chunk, into: &reading.content)
    }
  }

  /// RFC 9112 section 7.1.
  private func chunk() -> ByteBuffer? {
    guard let end = pending.readableBytesView.firstIndex(ofSequence: [13, 10]),
      let size = Int(String(decoding: pending.readableBytesView[..<end], as: UTF8.self), radix: 16),
      let chunk = pending.getSlice(at: end + 2, length: size), pending.writerIndex >= end + 2 + size + 2
    else { return nil }
    pending.moveReaderIndex(to: end + 2 + size + 2)
    return chunk
  }
}
