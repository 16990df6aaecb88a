import NIOCore

/// The receiving half of a WebSocket (RFC 6455): bytes in, events out. It holds no socket and no clock, and never more than
/// one frame header and one control payload; a data message leaves in pieces, as it arrives. While a compressed message is
/// under way it holds an inflater too.
///
/// Owned by the connection's event loop. After a `failure` or a `close` nothing more is parsed.
package struct WebSocketParser {
  package enum Event: Equatable, Sendable {
    /// A piece of a data message; `isFirst` and `isLast` mark its bounds, pieces may be empty.
    case data(ByteBuffer, isText: Bool, isFirst: Bool, isLast: Bool)
    case ping(ByteBuffer)
    case pong(ByteBuffer)
    /// The peer's close: its code (`nil` when it gave none) and reason. It is to be answered with the same code.
    case close(UInt16?, reason: String)
    /// The peer broke the protocol: fail the connection with this code (section 7.1.7).
    case failure(WebSocketFailure)
  }

  private enum State {
    case header
    case payload(Frame)
    case done
  }

  private struct Frame {
    var opcode: WebSocketFrame.Opcode
    var isFinal: Bool
    var remaining: Int
    var mask: WebSocketMask
    var isStart = true
  }

  private struct Message {
    var isText: Bool
    /// Payload bytes of the frames that have begun.
    var bytes = 0
    /// `nil`: it is not compressed.
    var inflater: MessageInflater?
  }

  private var state = State.header
  private var pending = ByteBuffer()
  private var control = ByteBuffer()
  /// The data message whose frames have begun and not ended.
  private var message: Message?
  private var utf8 = UTF8Validator()
  /// Holds from the next frame on.
  package var messageLimit: Int
  private let acceptsDeflate: Bool

  /// `messageLimit`: the most bytes of one message, all its frames together and not compressed; beyond it 1009.
  /// `acceptsDeflate`: permessage-deflate has been agreed with `client_no_context_takeover` (RFC 7692).
  package init(messageLimit: Int, acceptsDeflate: Bool = false) {
    self.messageLimit = messageLimit
    self.acceptsDeflate = acceptsDeflate
  }

  /// Takes what has arrived, cut anywhere.
  package mutating func receive(_ bytes: ByteBuffer) -> [Event] {
    if pending.readableBytes == 0 { pending = bytes } else { pending.writeImmutableBuffer(bytes) }
    var events: [Event] = []
    do throws(WebSocketFailure) {
      while try step(&events) {}
    } catch {
      state = .done
      events.append(.failure(error))
    }
    // An idle connection holds no buffer.
    if case .done = state { pending = ByteBuffer() }
    if pending.readableBytes == 0 { pending = ByteBuffer() } else { pending.discardReadBytes() }
    return events
  }

  /// Takes one header or what there is of one payload; false when more bytes are needed.
  private mutating func step(_ events: inout [Event]) throws(WebSocketFailure) -> Bool {
    switch state {
    case .header:
      guard let frame = try readHeader() else { return false }
      state = .payload(frame)
      return true
    case .payload(var frame):
      guard frame.remaining == 0 || pending.readableBytes > 0 else { return false }
      let length = min(frame.remaining, pending.readableBytes)
      guard var piece = pending.readSlice(length: length) else { return false }
      frame.mask.apply(to: &piece)
      frame.remaining -= length
      if frame.opcode.isControl {
        try take(control: piece, of: frame, &events)
      } else {
        try take(data: piece, of: frame, &events)
      }
      frame.isStart = false
      if case .done = state { return false }
      state = frame.remaining == 0 ? .header : .payload(frame)
      return true
    case .done:
      return false
    }
  }

  /// Section 5.2; `nil` until the whole header is there. What is wrong is found as early as its byte arrives.
  private mutating func readHeader() throws(WebSocketFailure) -> Frame? {
    guard let first = pending.getInteger(at: pending.readerIndex, as: UInt8.self) else { return nil }
    guard first & (acceptsDeflate ? 0x30 : 0x70) == 0 else { throw .protocolError("a reserved bit is set") }
    guard let opcode = WebSocketFrame.Opcode(rawValue: first & 0x0F) else { throw .protocolError("reserved opcode") }
    let isFinal = first & 0x80 != 0
    let isCompressed = first & 0x40 != 0
    guard !isCompressed || opcode == .text || opcode == .binary else {
      throw .protocolError("RSV1 is set on a frame that begins no message")
    }
    if opcode.isControl {
      guard isFinal else { throw .protocolError("a control frame is fragmented") }
    } else if opcode == .continuation {
      guard message != nil else { throw .protocolError("a continuation without a message") }
    } else {
      guard message == nil else { throw .protocolError("a new message inside a fragmented one") }
    }
    guard let second = pending.getInteger(at: pending.readerIndex + 1, as: UInt8.self) else { return nil }
    guard second & 0x80 != 0 else { throw .protocolError("a client's frame is not masked") }
    let short = Int(second & 0x7F)
    guard !opcode.isControl || short <= WebSocketFrame.maximumControlPayload else {
      throw .protocolError("a control frame is longer than 125 bytes")
    }
    let extra = short == 126 ? 2 : short == 127 ? 8 : 0
    guard pending.readableBytes >= 2 + extra + 4 else { return nil }
    pending.moveReaderIndex(forwardBy: 2)
    let length = try readLength(short)
    let mask = WebSocketMask(key: pending.readInteger() ?? 0)
    if !opcode.isControl { try begin(opcode, length: length, isCompressed: isCompressed) }
    return Frame(opcode: opcode, isFinal: isFinal, remaining: length, mask: mask)
  }

  /// The length must be in its shortest form, and the first bit of eight bytes is 0 (section 5.2).
  private mutating func readLength(_ short: Int) throws(WebSocketFailure) -> Int {
    switch short {
    case 126:
      let length = Int(pending.readInteger(as: UInt16.self) ?? 0)
      guard length >= 126 else { throw .protocolError("a length is not in its shortest form") }
      return length
    case 127:
      let length = pending.readInteger(as: UInt64.self) ?? 0
      guard length > UInt64(UInt16.max) else { throw .protocolError("a length is not in its shortest form") }
      guard length <= UInt64(Int64.max) else { throw .protocolError("a length has its first bit set") }
      return Int(length)
    default:
      return short
    }
  }

  private mutating func begin(
    _ opcode: WebSocketFrame.Opcode, length: Int, isCompressed: Bool
  ) throws(WebSocketFailure) {
    if message == nil {
      utf8 = UTF8Validator()
      let inflater = isCompressed ? MessageInflater(limit: messageLimit) : nil
      message = Message(isText: opcode == .text, inflater: inflater)
    }
    guard var current = message else { return }
    let isPlain = current.inflater == nil
    let most = isPlain ? messageLimit : MessageInflater.mostCompressed(limit: messageLimit)
    guard length <= most - current.bytes else { throw .tooBig(limit: messageLimit) }
    current.bytes += length
    current.inflater?.limit = messageLimit
    message = current
  }

  private mutating func take(data piece: ByteBuffer, of frame: Frame, _ events: inout [Event]) throws(WebSocketFailure)
  {
    guard let isText = message?.isText else { return }
    let isLast = frame.isFinal && frame.remaining == 0
    let (content, failure) = inflate(piece, isLast: isLast)
    // What was before a failure is looked at first, so that the outcome does not depend on how the bytes were cut.
    if isText, !utf8.accept(content.readableBytesView) { throw .notUTF8 }
    if let failure { throw failure }
    if isText, isLast, !utf8.isComplete { throw .notUTF8 }
    let isFirst = frame.isStart && frame.opcode != .continuation
    events.append(.data(content, isText: isText, isFirst: isFirst, isLast: isLast))
    if isLast { message = nil }
  }

  /// What a piece of the message says, up to where it fails.
  private mutating func inflate(_ piece: ByteBuffer, isLast: Bool) -> (ByteBuffer, WebSocketFailure?) {
    guard message?.inflater != nil else { return (piece, nil) }
    var content = ByteBuffer()
    do throws(WebSocketFailure) {
      try message?.inflater?.take(piece, isLast: isLast, into: &content)
      return (content, nil)
    } catch {
      return (content, error)
    }
  }

  private mutating func take(control piece: ByteBuffer, of frame: Frame, _ events: inout [Event])
    throws(WebSocketFailure)
  {
    control.writeImmutableBuffer(piece)
    guard frame.remaining == 0 else { return }
    let payload = control
    control = ByteBuffer()
    switch frame.opcode {
    case .ping: events.append(.ping(payload))
    case .pong: events.append(.pong(payload))
    default:
      events.append(try Self.readClose(payload))
      state = .done
    }
  }

  /// Section 5.5.1 and 7.4: a body is empty, or a code that may be sent and UTF-8.
  private static func readClose(_ payload: ByteBuffer) throws(WebSocketFailure) -> Event {
    var payload = payload
    guard payload.readableBytes > 0 else { return .close(nil, reason: "") }
    guard let code = payload.readInteger(as: UInt16.self) else { throw .protocolError("a close body of one byte") }
    guard WebSocketFailure.mayBeSent(code) else { throw .protocolError("close code \(code)") }
    var validator = UTF8Validator()
    guard validator.accept(payload.readableBytesView), validator.isComplete else { throw .notUTF8 }
    return .close(code, reason: String(buffer: payload))
  }
}
