/// The bytes a kind of subscriber receives. A chunk is encoded once for each that somebody reads.
package enum WireFormat: Int, CaseIterable, Sendable {
  /// Unmasked WebSocket frames (RFC 6455 section 5.2).
  case webSocket
  /// The same, compressed once for all who read it (RFC 7692).
  case webSocketDeflate
  /// `text/event-stream`, the response ended by closing (HTTP/1.0).
  case sse
  /// `text/event-stream` in HTTP/1.1 chunks (RFC 9112 section 7.1).
  case sseChunked
  /// The same inside gzip (RFC 1952), compressed once for all who read it.
  case sseGzip
  /// Newline-delimited text, binary as it is; ended by closing.
  case stream
  /// The same in HTTP/1.1 chunks.
  case streamChunked
  /// The same inside gzip, compressed once for all who read it.
  case streamGzip

  package static let count = allCases.count

  /// Nothing but the messages' own bytes.
  package var isPlain: Bool { self == .stream || self == .streamChunked || self == .streamGzip }

  /// What its shared compressor compresses, and what who is out of step with that gets (inside gzip: stored); nil: it has none.
  package var content: WireFormat? {
    switch self {
    case .webSocketDeflate: .webSocket
    case .sseGzip: .sse
    case .streamGzip: .stream
    case .webSocket, .sse, .sseChunked, .stream, .streamChunked: nil
    }
  }

  /// Its bytes are inside gzip, with a header and a trailer for each connection.
  package var isGzip: Bool { self == .sseGzip || self == .streamGzip }

  /// It is compressed once for all who read it.
  package var isShared: Bool { content != nil }

  /// The formats that have a shared compressor.
  package static let shared = allCases.filter(\.isShared)
}
