import NIOCore
import Streams

/// WebSocket frames as the server sends them: final, unmasked (RFC 6455 section 5.2).
package enum WebSocketFrame {
  package enum Opcode: UInt8, Sendable {
    case continuation = 0x0
    case text = 0x1
    case binary = 0x2
    case close = 0x8
    case ping = 0x9
    case pong = 0xA

    package var isControl: Bool { rawValue >= 0x8 }
  }

  /// The longest payload of a control frame (RFC 6455 section 5.5).
  package static let maximumControlPayload = 125
  /// The longest header of a frame that is not masked.
  private static let maximumHeader = 10

  static func encode(_ chunk: Chunk) -> EncodedChunk {
    let batch = chunk.batch
    var bytes = ByteBuffer()
    bytes.reserveCapacity(batch.bytes.count + batch.count * maximumHeader)
    var ends: [UInt32] = []
    ends.reserveCapacity(batch.count)
    batch.bytes.withUnsafeBytes { raw in
      for index in 0..<batch.count {
        let range = batch.range(index)
        write(UnsafeRawBufferPointer(rebasing: raw[range]), isText: batch.marks[index].isText, to: &bytes)
        ends.append(UInt32(bytes.writerIndex))
      }
    }
    return EncodedChunk(bytes: bytes, ends: ends)
  }

  /// A message as one frame.
  package static func write(_ message: UnsafeRawBufferPointer, isText: Bool, to bytes: inout ByteBuffer) {
    writeHeader(isText ? .text : .binary, length: message.count, to: &bytes)
    bytes.writeBytes(message)
  }

  /// A message as one compressed frame (RFC 7692 section 7.2.1): RSV1 is set, and the flush's last four bytes are left out.
  package static func write(
    _ message: UnsafeRawBufferPointer, isText: Bool, with deflater: RawDeflater, to bytes: inout ByteBuffer
  ) {
    var payload = ByteBuffer()
    deflater.compress(message, into: &payload)
    let length = payload.readableBytes - flushTail
    writeHeader(isText ? .text : .binary, isCompressed: true, length: length, to: &bytes)
    payload.withUnsafeReadableBytes { raw in
      _ = bytes.writeBytes(UnsafeRawBufferPointer(rebasing: raw[..<length]))
    }
  }

  /// 00 00 FF FF.
  private static let flushTail = 4

  package static func encode(text: String) -> ByteBuffer {
    encode(.text, payload: ByteBuffer(string: text))
  }

  /// `code` nil: a close frame without a body. The reason is cut, at a character, to what a control frame can hold.
  package static func encode(close code: UInt16?, reason: String = "") -> ByteBuffer {
    var payload = ByteBuffer()
    if let code {
      payload.writeInteger(code)
      var cut = reason[...]
      while cut.utf8.count > maximumControlPayload - 2 { cut = cut.dropLast() }
      payload.writeSubstring(cut)
    }
    return encode(.close, payload: payload)
  }

  package static func encode(_ opcode: Opcode, payload: ByteBuffer) -> ByteBuffer {
    var bytes = ByteBuffer()
    bytes.reserveCapacity(payload.readableBytes + maximumHeader)
    writeHeader(opcode, length: payload.readableBytes, to: &bytes)
    bytes.writeImmutableBuffer(payload)
    return bytes
  }

  private static func writeHeader(
    _ opcode: Opcode, isCompressed: Bool = false, length: Int, to bytes: inout ByteBuffer
  ) {
    bytes.writeInteger((isCompressed ? 0xC0 : 0x80) | opcode.rawValue)
    if length < 126 {
      bytes.writeInteger(UInt8(length))
    } else if length <= UInt16.max {
      bytes.writeInteger(UInt8(126))
      bytes.writeInteger(UInt16(length))
    } else {
      bytes.writeInteger(UInt8(127))
      bytes.writeInteger(UInt64(length))
    }
  }
}
