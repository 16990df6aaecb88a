/// The bytes a kind of subscriber receives. A chunk is encoded once for each that somebody reads.
package enum WireFormat: Int, CaseIterable, Sendable {
  /// Unmasked WebSocket frames (RFC 6455 section 5.2).
  case webSocket
  /// The same, and compressed where the group's shared context allows it (RFC 7692).
  case webSocketDeflate
  /// `text/event-stream`, the response ended by closing (HTTP/1.0).
  case sse
  /// `text/event-stream` in HTTP/1.1 chunks (RFC 9112 section 7.1).
  case sseChunked
  /// Newline-delimited text, binary as it is; ended by closing.
  case stream
  /// The same in HTTP/1.1 chunks.
  case streamChunked

  package static let count = allCases.count

  /// Nothing but the messages' own bytes.
  package var isPlain: Bool { self == .stream || self == .streamChunked }
}
