import CZlib

/// An ordinary client's inflater: zlib's own, which keeps its window from call to call.
final class Inflater {
  struct Malformed: Error, CustomStringConvertible {
    var result: Int32
    var description: String { "zlib cannot inflate what was sent: \(result)" }
  }

  /// zlib's state points back to the stream, so the stream must not move: it has a place of its own.
  private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
  private var room = [UInt8](repeating: 0, count: 1 << 16)

  /// A gzip file, or a raw stream as RFC 7692 has it.
  init(isGzip: Bool) {
    stream.initialize(to: z_stream())
    let result = inflateInit2_(stream, isGzip ? 16 + 15 : -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(result == Z_OK, "zlib cannot start a stream")
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  /// What the bytes become, all of them.
  func inflate(_ bytes: [UInt8]) throws -> [UInt8] {
    var input = bytes
    var output: [UInt8] = []
    var result = Z_OK
    input.withUnsafeMutableBufferPointer { input in
      stream.pointee.next_in = input.baseAddress
      stream.pointee.avail_in = UInt32(input.count)
      repeat {
        room.withUnsafeMutableBufferPointer { room in
          stream.pointee.next_out = room.baseAddress
          stream.pointee.avail_out = UInt32(room.count)
          result = CZlib.inflate(stream, Z_SYNC_FLUSH)
          output += room[..<(room.count - Int(stream.pointee.avail_out))]
        }
      } while result == Z_OK && stream.pointee.avail_out == 0
    }
    // Z_BUF_ERROR: nothing was left to do.
    guard result == Z_OK || result == Z_BUF_ERROR, stream.pointee.avail_in == 0 else { throw Malformed(result: result) }
    return output
  }
}
