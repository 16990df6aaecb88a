import NIOCore
import Streams
import Wire

/// What one connection's stream goes through beside what all share: a compressor of its own, or a body inside gzip. It goes
/// with the connection when that goes over to another group.
package struct ConnectionCoding {
  /// Compresses a WebSocket's messages for it alone.
  var compressor: OwnCompressor?
  /// What was sent inside gzip so far.
  var gzip: GzipBody?

  /// Nothing.
  package static var none: ConnectionCoding { ConnectionCoding() }

  package init(compressor: OwnCompressor? = nil) { self.compressor = compressor }

  /// What begins a body inside gzip, with content for this connection alone.
  package static func beginGzip(_ content: ByteBuffer) -> (ConnectionCoding, ByteBuffer) {
    var (coding, body) = (ConnectionCoding(), GzipBody())
    let bytes = body.begin(content)
    coding.gzip = body
    return (coding, bytes)
  }

  /// Content for this connection alone as it is sent, and what ends the stream behind it.
  package mutating func end(_ reason: EndReason, _ format: WireFormat, after last: ByteBuffer) -> ByteBuffer {
    var bytes = own(last)
    if let gzip { bytes.writeImmutableBuffer(gzip.end) }
    bytes.writeImmutableBuffer(format.encodeEnd(reason))
    return bytes
  }

  /// Content for this connection alone as it is sent.
  mutating func own(_ content: ByteBuffer) -> ByteBuffer { gzip?.stored(content) ?? content }
}
