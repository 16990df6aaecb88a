import CZlib

/// An ordinary client's reading of a whole gzip file (RFC 1952): zlib's own, which checks the trailer.
enum GunzipReader {
  struct Malformed: Error {
    var result: Int32
    var unread: UInt32
  }

  static func read(_ bytes: [UInt8]) throws -> [UInt8] {
    var (stream, bytes) = (z_stream(), bytes)
    // 16: gzip.
    guard inflateInit2_(&stream, 16 + 15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { return [] }
    defer { inflateEnd(&stream) }
    var content: [UInt8] = []
    var room = [UInt8](repeating: 0, count: 1 << 16)
    var result = Z_OK
    bytes.withUnsafeMutableBufferPointer { input in
      stream.next_in = input.baseAddress
      stream.avail_in = UInt32(input.count)
      while result == Z_OK {
        room.withUnsafeMutableBufferPointer { output in
          stream.next_out = output.baseAddress
          stream.avail_out = UInt32(output.count)
          result = inflate(&stream, Z_NO_FLUSH)
          content += output[..<(output.count - Int(stream.avail_out))]
        }
      }
    }
    guard result == Z_STREAM_END, stream.avail_in == 0 else { throw Malformed(result: result, unread: stream.avail_in) }
    return content
  }
}
