import NIOCore

/// One compressed message of a WebSocket as it arrives (RFC 7692 section 7.2.2).
///
/// It exists only while the message is under way, as each message of a client starts anew (`client_no_context_takeover`).
struct MessageInflater {
  /// What a begun block of so many compressed bytes may become, so that the sender of a bomb pays for it. DEFLATE reaches
  /// 1032:1, with nothing but one byte repeated; JSON and text reach 3:1 to 30:1. A block at a time, so that it does
  /// not matter how the bytes are cut on their way.
  static let block = 1 << 10
  static let mostRatio = 100

  private static let tail = ByteBuffer(bytes: RawDeflater.tail)

  /// The most bytes that the message may be.
  var limit: Int
  private let inflater = RawInflater()
  private var received = 0
  private var inflated = 0

  init(limit: Int) { self.limit = limit }

  /// How many compressed bytes may make a message of `limit` bytes. Deflate writes at worst 9 bits for 8 and some bytes a
  /// block; twice is generous, and ends what is nothing but empty blocks.
  static func mostCompressed(limit: Int) -> Int { limit + min(limit, Int.max - limit - 64) + 64 }

  /// Appends what the bytes become: all up to where it fails.
  mutating func take(_ piece: ByteBuffer, isLast: Bool, into output: inout ByteBuffer) throws(WebSocketFailure) {
    try piece.withUnsafeReadableBytes { raw throws(WebSocketFailure) in try take(raw, into: &output) }
    // A sender that has left the tail where it was, or has ended with a final block, has said all.
    guard isLast, !inflater.isAtBoundary else { return }
    try Self.tail.withUnsafeReadableBytes { raw throws(WebSocketFailure) in try inflate(raw, into: &output) }
    guard inflater.isAtBoundary else { throw .notDeflate }
  }

  private mutating func take(_ raw: UnsafeRawBufferPointer, into output: inout ByteBuffer) throws(WebSocketFailure) {
    var start = 0
    while start < raw.count {
      let end = min(raw.count, start + Self.block - received % Self.block)
      received += end - start
      try inflate(UnsafeRawBufferPointer(rebasing: raw[start..<end]), into: &output)
      start = end
    }
  }

  private mutating func inflate(_ raw: UnsafeRawBufferPointer, into output: inout ByteBuffer) throws(WebSocketFailure) {
    let allowed = (received + Self.block - 1) / Self.block * Self.block * Self.mostRatio
    let start = output.writerIndex
    defer { inflated += output.writerIndex - start }
    do throws(InflateFailure) {
      try inflater.inflate(raw, into: &output, limit: max(0, min(limit, allowed) - inflated))
    } catch {
      switch error {
      case .invalidData: throw .notDeflate
      case .overLimit: throw allowed < limit ? .tooDense(ratio: Self.mostRatio) : .tooBig(limit: limit)
      }
    }
  }
}
