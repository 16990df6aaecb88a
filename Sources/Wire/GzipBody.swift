import NIOCore

/// One connection's body inside gzip: a header of its own, blocks that others may have too, and what all of it comes to,
/// which its trailer tells (RFC 1952 section 2.3.1). Each part goes into an HTTP/1.1 chunk.
///
/// ```
///   header │ stored: retry │ stored: a message │ shared blocks … │ stored: a note │ stored … │ shared … │ trailer
///                                              key frame         out of step             key frame
/// ```
package struct GzipBody: Equatable, Sendable {
  private var crc: UInt32 = 0
  /// Bytes of the content, modulo 2^32.
  private var count: UInt32 = 0

  package init() {}

  /// The body's beginning: the header, and content for this connection alone.
  package mutating func begin(_ content: ByteBuffer) -> ByteBuffer {
    var bytes = ByteBuffer()
    GzipStream.writeHeader(to: &bytes)
    write(content, to: &bytes)
    return HTTPChunk.wrap(bytes)
  }

  /// Content for this connection alone.
  package mutating func stored(_ content: ByteBuffer) -> ByteBuffer {
    var bytes = ByteBuffer()
    write(content, to: &bytes)
    return HTTPChunk.wrap(bytes)
  }

  private mutating func write(_ content: ByteBuffer, to bytes: inout ByteBuffer) {
    content.withUnsafeReadableBytes { raw in
      GzipStream.writeStored(raw, to: &bytes)
      crc = GzipStream.crc32(raw, after: crc)
    }
    count &+= UInt32(truncatingIfNeeded: content.readableBytes)
  }

  /// Content that was sent from elsewhere.
  package mutating func add(_ part: GzipStream.Check) {
    crc = GzipStream.combine(crc, part)
    count &+= UInt32(truncatingIfNeeded: part.count)
  }

  /// The trailer.
  package var end: ByteBuffer {
    var bytes = ByteBuffer()
    GzipStream.writeTrailer(crc: crc, count: Int(count), to: &bytes)
    return HTTPChunk.wrap(bytes)
  }
}
