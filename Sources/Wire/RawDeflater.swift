import CZlib
import NIOCore

/// A raw DEFLATE stream (RFC 1951) that keeps its window from one call to the next. After each call the output stands at
/// a byte boundary and holds all that has been given.
///
/// Owned by whoever compresses; it is not `Sendable`, so to share it, put it behind a lock.
package final class RawDeflater {
  /// What each call's output ends with: a stored block's empty length (RFC 7692 section 7.2.1 has it cut off).
  package static let tail: [UInt8] = [0x00, 0x00, 0xFF, 0xFF]
  /// The windows that can be asked for, as powers of two. zlib makes no raw stream with a window of 2^8, but one with 2^9
  /// serves a peer that has only 2^8: zlib never refers further back than the window less 262 bytes, here 250.
  package static let windowBits = 8...15
  package static let levels = 1...9
  private static let smallestWindow = 9
  /// zlib's own default: hash chains of 2^15 heads, blocks of 2^14 symbols.
  private static let memoryLevel = 8

  /// zlib's state points back to the stream, so the stream must not move: it has a place of its own.
  private let stream: UnsafeMutablePointer<z_stream>

  /// `level`: 1 (fast) to 9 (small). `windowBits`: how far back the output refers, as a power of two.
  package init(level: Int, windowBits: Int = 15) {
    precondition(Self.levels.contains(level) && Self.windowBits.contains(windowBits))
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // Negative bits: raw, without zlib's header and checksum.
    let bits = -Int32(max(windowBits, Self.smallestWindow))
    let result = deflateInit2_(
      stream, Int32(level), Z_DEFLATED, bits, Int32(Self.memoryLevel), Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    guard result == Z_OK else { preconditionFailure("zlib cannot start a stream: \(result)") }
  }

  deinit {
    deflateEnd(stream)
    stream.deallocate()
  }

  /// Bytes that a deflater holds. zconf.h: 2^(windowBits + 2) for the window and its chains, 2^(memLevel + 9) for hash
  /// heads and symbols, and some 6 KiB for its state with the Huffman trees.
  package static func memory(windowBits: Int = 15) -> Int {
    1 << (max(windowBits, smallestWindow) + 2) + 1 << (memoryLevel + 9) + 6 << 10
  }

  /// The most bytes that `compress` appends for so many.
  package func bound(of count: Int) -> Int {
    // What is not compressed costs 5 bytes a block; the flush adds an empty block, its header on a byte of its own.
    Int(deflateBound(stream, UInt(count))) + Self.tail.count + 2
  }

  /// Appends the bytes compressed, ended by `tail`. No bytes are an empty block: 00 and the tail.
  package func compress(_ bytes: UnsafeRawBufferPointer, into output: inout ByteBuffer) {
    // zlib leaves out a second flush in a row.
    guard !bytes.isEmpty else {
      output.writeInteger(UInt8(0))
      output.writeBytes(Self.tail)
      return
    }
    stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.assumingMemoryBound(to: UInt8.self).baseAddress)
    stream.pointee.avail_in = UInt32(bytes.count)
    var room = bound(of: bytes.count)
    repeat {
      output.writeWithUnsafeMutableBytes(minimumWritableBytes: room) { deflateOnce(into: $0) }
      room = 1 << 12
    } while stream.pointee.avail_out == 0
    precondition(stream.pointee.avail_in == 0, "a flush takes all input")
    (stream.pointee.next_in, stream.pointee.next_out) = (nil, nil)
  }

  /// How many bytes were written. All is flushed when there is room left.
  private func deflateOnce(into room: UnsafeMutableRawBufferPointer) -> Int {
    let count = UInt32(clamping: room.count)
    stream.pointee.next_out = room.assumingMemoryBound(to: UInt8.self).baseAddress
    stream.pointee.avail_out = count
    let result = deflate(stream, Z_SYNC_FLUSH)
    // Z_BUF_ERROR: the last call has used its room up to the very end of the flush.
    precondition(result == Z_OK || result == Z_BUF_ERROR, "zlib's state is broken: \(result)")
    return Int(count - stream.pointee.avail_out)
  }

  /// What follows refers to nothing before.
  package func reset() {
    guard deflateReset(stream) == Z_OK else { preconditionFailure("zlib's state is broken") }
  }
}
