import NIOCore

/// A WebSocket frame as a client sends it (RFC 6455 section 5.2): masked.
package enum ClientFrame {
  /// The bits of a frame's first byte.
  package static let final: UInt8 = 0x80
  /// RSV1 (RFC 7692 section 6): the message is compressed.
  package static let compressed: UInt8 = 0x40

  /// `first`: FIN, RSV1 to RSV3 and the opcode. `sent`: so many bytes of the payload come with it.
  package static func encode(_ first: UInt8, _ payload: [UInt8], sent: Int? = nil) -> ByteBuffer {
    var bytes = ByteBuffer(bytes: [first])
    switch payload.count {
    case ..<126: bytes.writeInteger(0x80 | UInt8(payload.count))
    case ..<65536:
      bytes.writeInteger(UInt8(0xFE))
      bytes.writeInteger(UInt16(payload.count))
    default:
      bytes.writeInteger(UInt8(0xFF))
      bytes.writeInteger(UInt64(payload.count))
    }
    let key: [UInt8] = [9, 8, 7, 6]
    bytes.writeBytes(key)
    bytes.writeBytes(payload.prefix(sent ?? payload.count).enumerated().map { $1 ^ key[$0 % 4] })
    return bytes
  }
}
