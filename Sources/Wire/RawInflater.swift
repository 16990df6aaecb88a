import CZlib
import NIOCore

/// Why compressed bytes cannot be read.
package enum InflateFailure: Error, Equatable, Sendable {
  case invalidData
  case overLimit
}

/// Reads a raw DEFLATE stream (RFC 1951) as it arrives, cut anywhere. A final block does not end it: what follows may be
/// further blocks (RFC 7692 section 7.2.3.4), which may refer to what was before.
///
/// Owned by whoever reads. After a failure it is of no use. It holds some 7 KiB, and 2^windowBits bytes of window.
package final class RawInflater {
  /// zlib's state points back to the stream, so the stream must not move: it has a place of its own.
  private let stream: UnsafeMutablePointer<z_stream>
  /// All that has been read makes whole blocks, up to a byte boundary.
  package private(set) var isAtBoundary = true
  /// A final block has just ended.
  private var hasEnded = false
  /// How much room zlib is given at a time.
  private static let step = 64...16 << 10

  /// `windowBits`: 8 to 15, how far back the input may refer, as a power of two.
  package init(windowBits: Int = 15) {
    precondition(RawDeflater.windowBits.contains(windowBits))
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    let result = inflateInit2_(stream, -Int32(windowBits), ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard result == Z_OK else { preconditionFailure("zlib cannot start a stream: \(result)") }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  /// Appends what the bytes become, at most `limit` bytes: all up to where it fails.
  ///
  /// - Throws: `InflateFailure.overLimit` when there would be more, `.invalidData` for what is not DEFLATE.
  package func inflate(
    _ bytes: UnsafeRawBufferPointer, into output: inout ByteBuffer, limit: Int
  ) throws(InflateFailure) {
    guard !bytes.isEmpty else { return }
    stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.assumingMemoryBound(to: UInt8.self).baseAddress)
    stream.pointee.avail_in = UInt32(bytes.count)
    defer { (stream.pointee.next_in, stream.pointee.next_out) = (nil, nil) }
    var left = limit
    var isFull = false
    while stream.pointee.avail_in > 0 || isFull {
      if hasEnded { restart() }
      // A byte more than may be, to see whether there is one.
      let room = min(left, min(max(Int(stream.pointee.avail_in) * 4, Self.step.lowerBound), Self.step.upperBound)) + 1
      let (count, result) = inflateOnce(into: &output, room: room)
      if count > left {
        output.moveWriterIndex(to: output.writerIndex - (count - left))
        throw .overLimit
      }
      left -= count
      isFull = count == room
      note(result)
      // Z_BUF_ERROR: nothing was left to do.
      guard result == Z_OK || result == Z_BUF_ERROR || hasEnded else { throw .invalidData }
      if hasEnded { isFull = false }
    }
  }

  private func inflateOnce(into output: inout ByteBuffer, room: Int) -> (count: Int, result: Int32) {
    var result = Z_OK
    let count = output.writeWithUnsafeMutableBytes(minimumWritableBytes: room) { bytes in
      stream.pointee.next_out = bytes.assumingMemoryBound(to: UInt8.self).baseAddress
      stream.pointee.avail_out = UInt32(room)
      result = CZlib.inflate(stream, Z_SYNC_FLUSH)
      return room - Int(stream.pointee.avail_out)
    }
    return (count, result)
  }

  private func note(_ result: Int32) {
    hasEnded = result == Z_STREAM_END
    // zlib.h, inflate: 128 when a block has just ended, in the low bits how many of the last byte are unused. A call that
    // has nothing to do forgets it.
    let type = stream.pointee.data_type
    isAtBoundary = hasEnded || type & 128 != 0 && type & 7 == 0 || result == Z_BUF_ERROR && isAtBoundary
  }

  /// Goes on behind a final block, with the window as it is.
  private func restart() {
    // Of zlib.h's undocumented functions; without it the window would have to be copied out and in at each final block,
    // and those may be two bytes long.
    guard inflateResetKeep(stream) == Z_OK else { preconditionFailure("zlib's state is broken") }
    hasEnded = false
  }
}
