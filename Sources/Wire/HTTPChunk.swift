import NIOCore
import Streams

/// HTTP/1.1 chunked coding (RFC 9112 section 7.1): hexadecimal length, CR LF, the bytes, CR LF.
///
/// Each message is a chunk of its own, so that a cursor can start at any of them.
enum HTTPChunk {
  /// The last chunk, without trailers.
  static let last = ByteBuffer(string: "0\r\n\r\n")
  /// What a chunk costs beside its bytes, at most.
  static let overhead = 12

  static func wrap(_ plain: EncodedChunk) -> EncodedChunk {
    var bytes = ByteBuffer()
    bytes.reserveCapacity(plain.bytes.readableBytes + plain.ends.count * overhead)
    let ends = plain.pieces { raw in
      write(raw, to: &bytes)
      return bytes.writerIndex
    }
    return EncodedChunk(bytes: bytes, ends: ends)
  }

  static func wrap(_ plain: ByteBuffer) -> ByteBuffer {
    var bytes = ByteBuffer()
    bytes.reserveCapacity(plain.readableBytes + overhead)
    plain.withUnsafeReadableBytes { write($0, to: &bytes) }
    return bytes
  }

  /// A chunk of length 0 would end the body, so nothing becomes nothing.
  static func write(_ raw: UnsafeRawBufferPointer, to bytes: inout ByteBuffer) {
    guard !raw.isEmpty else { return }
    var shift = (raw.count.bitWidth - raw.count.leadingZeroBitCount - 1) / 4 * 4
    while shift >= 0 {
      let digit = UInt8(raw.count >> shift & 15)
      bytes.writeInteger(digit < 10 ? 48 + digit : 87 + digit)
      shift -= 4
    }
    bytes.writeInteger(UInt16(0x0D0A))
    bytes.writeBytes(raw)
    bytes.writeInteger(UInt16(0x0D0A))
  }
}
