import NIOCore

/// A WebSocket frame as a server sends it (RFC 6455 section 5.2): not masked.
struct ServerFrame {
  /// FIN, RSV1 to RSV3 and the opcode.
  var first: UInt8
  var payload: ByteBuffer

  var opcode: UInt8 { first & 0x0F }
}

extension ByteBuffer {
  /// Reads the head of a frame; nil, with nothing read, when not all of it is there.
  mutating func readServerFrameHead() -> (first: UInt8, length: Int)? {
    var rest = self
    guard let first: UInt8 = rest.readInteger(), let short: UInt8 = rest.readInteger() else { return nil }
    var length: Int? = Int(short)
    if short == 126 { length = rest.readInteger(as: UInt16.self).map(Int.init) }
    if short == 127 { length = rest.readInteger(as: UInt64.self).map(Int.init) }
    guard let length else { return nil }
    self = rest
    return (first, length)
  }

  /// Reads a frame; nil, with nothing read, when not all of it is there.
  mutating func readServerFrame() -> ServerFrame? {
    var rest = self
    guard let head = rest.readServerFrameHead(), let payload = rest.readSlice(length: head.length) else { return nil }
    self = rest
    return ServerFrame(first: head.first, payload: payload)
  }
}
