import NIOCore

/// The receiving half of a WebSocket (RFC 6455): bytes in, events out. It holds no socket and no clock, and never more than
/// one frame header and one control payload; a data message leaves in pieces, as it arrives.
///
/// Owned by the connection's event loop. After a `failure` or a `close` nothing more is parsed.
package struct WebSocketParser: Sendable {
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
    var mask: UInt32
    /// How many payload bytes have been unmasked: the mask repeats every four.
    var unmasked = 0
    var isStart = true
  }

  private var state = State.header
  private var pending = ByteBuffer()
  private var control = ByteBuffer()
  /// The kind of the data message whose frames have begun and not ended.
  private var message: (isText: Bool, bytes: Int)?
  private var utf8 = UTF8Validator()
  /// Holds from the next frame on.
  package var messageLimit: Int

  /// `messageLimit`: the most payload bytes of one message, all its frames together; beyond it 1009.
  package init(messageLimit: Int) { self.messageLimit = messageLimit }

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
      Self.unmask(&piece, &frame)
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
    guard first & 0x70 == 0 else { throw .protocolError("a reserved bit is set") }
    guard let opcode = WebSocketFrame.Opcode(rawValue: first & 0x0F) else { throw .protocolError("reserved opcode") }
    let isFinal = first & 0x80 != 0
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
    let mask = pending.readInteger(as: UInt32.self) ?? 0
    if !opcode.isControl { try begin(opcode, length: length) }
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

  private mutating func begin(_ opcode: WebSocketFrame.Opcode, length: Int) throws(WebSocketFailure) {
    var current = message ?? (isText: opcode == .text, bytes: 0)
    guard length <= messageLimit - current.bytes else { throw .tooBig(limit: messageLimit) }
    if message == nil { utf8 = UTF8Validator() }
    current.bytes += length
    message = current
  }

  private mutating func take(data piece: ByteBuffer, of frame: Frame, _ events: inout [Event]) throws(WebSocketFailure)
  {
    guard let current = message else { return }
    let isLast = frame.isFinal && frame.remaining == 0
    if current.isText {
      guard utf8.accept(piece.readableBytesView), !isLast || utf8.isComplete else { throw .notUTF8 }
    }
    let isFirst = frame.isStart && frame.opcode != .continuation
    events.append(.data(piece, isText: current.isText, isFirst: isFirst, isLast: isLast))
    if isLast { message = nil }
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

  /// Section 5.3: byte i is XORed with byte i mod 4 of the key.
  private static func unmask(_ piece: inout ByteBuffer, _ frame: inout Frame) {
    let shift = UInt32(frame.unmasked % 4) * 8
    let key = shift == 0 ? frame.mask : frame.mask << shift | frame.mask >> (32 - shift)
    frame.unmasked += piece.readableBytes
    guard key != 0 else { return }
    piece.withUnsafeMutableReadableBytes { raw in
      let wide = (UInt64(key) << 32 | UInt64(key)).bigEndian
      var index = 0
      while index + 8 <= raw.count {
        let word = raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        raw.storeBytes(of: word ^ wide, toByteOffset: index, as: UInt64.self)
        index += 8
      }
      while index < raw.count {
        raw[index] ^= UInt8(truncatingIfNeeded: key >> UInt32(24 - index % 4 * 8))
        index += 1
      }
    }
  }
}

/// Why a WebSocket connection is failed, with the code its close frame carries (RFC 6455 section 7.4.1).
package enum WebSocketFailure: Error, Equatable, Sendable {
  case protocolError(String)
  case notUTF8
  case tooBig(limit: Int)
  case refused(String)

  package var code: UInt16 {
    switch self {
    case .protocolError: 1002
    case .notUTF8: 1007
    case .refused: 1008
    case .tooBig: 1009
    }
  }

  package var reason: String {
    switch self {
    case .protocolError(let what), .refused(let what): what
    case .notUTF8: "text is not UTF-8"
    case .tooBig(let limit): "a message is longer than \(limit) bytes"
    }
  }

  /// Section 7.4: 1004–1006 and 1015 are never on the wire; below 1000 and from 5000 nothing is defined.
  static func mayBeSent(_ code: UInt16) -> Bool {
    switch code {
    case 1000...1003, 1007...1014, 3000...4999: true
    default: false
    }
  }
}
