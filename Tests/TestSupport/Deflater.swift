import CZlib

/// zlib's own DEFLATE as an ordinary client makes it: raw, with a sync flush behind each piece.
package enum Deflater {
  /// The pieces in one stream. `isFinal`: the last block says that it is.
  package static func deflate(_ pieces: [[UInt8]], isFinal: Bool = false) -> [UInt8] {
    var stream = z_stream()
    let result = deflateInit2_(
      &stream, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(result == Z_OK, "zlib cannot start a stream: \(result)")
    defer { deflateEnd(&stream) }
    var output: [UInt8] = []
    for (index, piece) in pieces.enumerated() {
      let flush = isFinal && index == pieces.count - 1 ? Z_FINISH : Z_SYNC_FLUSH
      var (input, room) = (piece, [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(piece.count))) + 64))
      input.withUnsafeMutableBufferPointer { input in
        room.withUnsafeMutableBufferPointer { room in
          (stream.next_in, stream.avail_in) = (input.baseAddress, UInt32(input.count))
          (stream.next_out, stream.avail_out) = (room.baseAddress, UInt32(room.count))
          _ = CZlib.deflate(&stream, flush)
          output += room[..<(room.count - Int(stream.avail_out))]
        }
      }
    }
    return output
  }

  /// A message as RFC 7692 section 7.2.1 has it: the flush's last four bytes are left out.
  package static func message(_ content: [UInt8]) -> [UInt8] { deflate([content]).dropLast(4) }
}
