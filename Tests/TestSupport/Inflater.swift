import CZlib
import NIOCore

/// zlib's own reading of compressed bytes as an ordinary client does it, cut anywhere.
///
/// Owned by whoever reads.
final class Inflater {
  enum Form {
    /// Nothing but DEFLATE, with a window of 2^bits.
    case raw(bits: Int)
    /// A gzip file, whose trailer zlib checks.
    case gzip
  }

  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  /// zlib's state points back to the stream, so the stream must not move.
  private let stream: UnsafeMutablePointer<z_stream>
  /// The gzip file has ended, and its trailer was right.
  private(set) var isAtEnd = false

  init(_ form: Form) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    let bits =
      switch form {
      case .raw(let bits): -Int32(bits)
      case .gzip: Int32(16 + 15)
      }
    let result = inflateInit2_(stream, bits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(result == Z_OK, "zlib cannot start a stream: \(result)")
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  /// What comes next refers to nothing before.
  func reset() { inflateReset(stream) }

  /// Appends what the bytes become.
  func inflate(_ bytes: ByteBuffer, into output: inout ByteBuffer) throws {
    var bytes = bytes
    try bytes.withUnsafeMutableReadableBytes { raw in
      stream.pointee.next_in = raw.assumingMemoryBound(to: UInt8.self).baseAddress
      stream.pointee.avail_in = UInt32(raw.count)
      defer { (stream.pointee.next_in, stream.pointee.next_out) = (nil, nil) }
      repeat { try inflateOnce(into: &output) } while stream.pointee.avail_out == 0
      guard stream.pointee.avail_in == 0 else { throw Failure(description: "bytes behind the end") }
    }
  }

  private func inflateOnce(into output: inout ByteBuffer) throws {
    let room = 1 << 16
    var result = Z_OK
    output.writeWithUnsafeMutableBytes(minimumWritableBytes: room) { bytes in
      stream.pointee.next_out = bytes.assumingMemoryBound(to: UInt8.self).baseAddress
      stream.pointee.avail_out = UInt32(room)
      result = CZlib.inflate(stream, Z_SYNC_FLUSH)
      return room - Int(stream.pointee.avail_out)
    }
    isAtEnd = isAtEnd || result == Z_STREAM_END
    // Z_BUF_ERROR: nothing was left to do.
    guard result == Z_OK || result == Z_BUF_ERROR || result == Z_STREAM_END else {
      throw Failure(description: stream.pointee.msg.map { String(cString: $0) } ?? "zlib says \(result)")
    }
  }
}
