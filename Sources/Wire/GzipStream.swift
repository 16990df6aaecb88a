import CZlib
import NIOCore
import Streams

/// The pieces of a gzip file (RFC 1952) that is put together from DEFLATE blocks made elsewhere: a header, stored blocks for
/// what is not compressed, compressed blocks ended by a flush, and a trailer. All begin and end at a byte boundary.
package enum GzipStream {
  /// What is checked of a part of the content, to be computed once and used for many streams.
  package struct Check: Equatable, Sendable {
    package let crc: UInt32
    package let count: Int
    /// What zlib needs to put this part behind another.
    fileprivate let shift: UInt

    package init(_ bytes: UnsafeRawBufferPointer) { self.init(crc: GzipStream.crc32(bytes), count: bytes.count) }

    /// Of bytes whose CRC-32 is known.
    package init(crc: UInt32, count: Int) {
      self.crc = crc
      self.count = count
      shift = sluice_crc32_operator(UInt(count))
    }
  }

  /// The most bytes of a stored block (RFC 1951 section 3.2.4).
  package static let mostStored = 0xFFFF
  package static let headerCount = 10
  package static let trailerCount = 10

  /// RFC 1952 section 2.3: DEFLATE, no flags, no time, no extra flags, an unknown system.
  package static func writeHeader(to output: inout ByteBuffer) {
    output.writeBytes([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF])
  }

  /// The bytes as they are, in stored blocks, none of them final. No bytes are no block.
  package static func writeStored(_ bytes: UnsafeRawBufferPointer, to output: inout ByteBuffer) {
    var start = 0
    while start < bytes.count {
      let end = min(start + mostStored, bytes.count)
      output.writeInteger(UInt8(0))
      output.writeInteger(UInt16(end - start), endianness: .little)
      output.writeInteger(~UInt16(end - start), endianness: .little)
      output.writeBytes(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
      start = end
    }
  }

  /// Each message in stored blocks of its own.
  static func stored(_ plain: EncodedChunk) -> EncodedChunk {
    var bytes = ByteBuffer()
    bytes.reserveCapacity(plain.bytes.readableBytes + plain.ends.count * storedCount(of: 1))
    let ends = plain.pieces { raw in
      writeStored(raw, to: &bytes)
      return bytes.writerIndex
    }
    return EncodedChunk(bytes: bytes, ends: ends)
  }

  /// How many bytes `writeStored` appends for so many.
  package static func storedCount(of count: Int) -> Int { count + (count + mostStored - 1) / mostStored * 5 }

  /// An empty final block, then the CRC-32 and the length of the whole content.
  package static func writeTrailer(crc: UInt32, count: Int, to output: inout ByteBuffer) {
    output.writeBytes([0x03, 0x00])
    output.writeInteger(crc, endianness: .little)
    output.writeInteger(UInt32(truncatingIfNeeded: count), endianness: .little)
  }

  /// CRC-32 of the bytes, put behind content whose CRC-32 is `before` (0: of nothing).
  package static func crc32(_ bytes: UnsafeRawBufferPointer, after before: UInt32 = 0) -> UInt32 {
    UInt32(crc32_z(UInt(before), bytes.assumingMemoryBound(to: UInt8.self).baseAddress, bytes.count))
  }

  /// CRC-32 of content with `crc` and, behind it, a part that has been checked by itself. Takes no longer for a longer part.
  package static func combine(_ crc: UInt32, _ part: Check) -> UInt32 {
    UInt32(sluice_crc32_combine(UInt(crc), UInt(part.crc), part.shift))
  }
}
