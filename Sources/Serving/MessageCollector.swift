import NIOCore
import Wire

/// Puts the pieces of a client's message together. Bounded by the parser's message limit.
///
/// Owned by the connection's event loop.
struct MessageCollector {
  private var pending = ByteBuffer()

  /// The whole message, when `piece` is its last.
  mutating func take(_ piece: ByteBuffer, isFirst: Bool, isLast: Bool) -> ByteBuffer? {
    if isFirst, isLast { return piece }
    if isFirst { pending = ByteBuffer() }
    pending.writeImmutableBuffer(piece)
    guard isLast else { return nil }
    defer { pending = ByteBuffer() }
    return pending
  }
}
