import NIOCore
import Streams
import Wire

/// What one poll is answered with: messages from a cursor on, as a plain stream has them.
package struct PollPage: Sendable {
  /// Where it starts: the cursor asked for, or later when that had left the log.
  package let from: Cursor
  /// Behind its last message: where the next poll goes on.
  package let next: Cursor
  package let bytes: ByteBuffer
  /// Nothing comes behind it: the stream has ended.
  package let isLast: Bool

  /// The most messages of one page.
  package static let maximumMessages = 1000
  /// The most payload bytes of one page; its first message may be longer.
  package static let maximumBytes = 1 << 20

  /// What the log holds from `cursor` on, within the limits.
  package init(_ log: StreamLog, from cursor: Cursor) {
    let reading = log.read(from: cursor, maxBytes: Self.maximumBytes)
    var next = reading.from
    var bytes = ByteBuffer()
    for chunk in reading.chunks {
      let count = Self.count(of: chunk, from: next.next, taken: next.next - reading.from.next, reading.from.position)
      guard count > 0 else { break }
      let encoded = chunk.encoded(.stream, with: WireFormat.stream.encode)
      let first = next.next - chunk.first
      let start = encoded.start(first)
      let piece = encoded.bytes.getSlice(at: start, length: encoded.start(first + count) - start)
      if let piece { bytes.writeImmutableBuffer(piece) }
      let end = next.next + count
      next = Cursor(next: end, position: chunk.position(of: end))
      guard end == chunk.end else { break }
    }
    from = reading.from
    self.next = next
    self.bytes = bytes
    isLast = reading.isFinished && next.next == reading.end.next
  }

  /// Nothing, at a cursor.
  init(emptyAt cursor: Cursor, isLast: Bool) {
    from = cursor
    next = cursor
    bytes = ByteBuffer()
    self.isLast = isLast
  }

  package var count: Int { next.next - from.next }

  /// How many messages of a chunk, from `offset` on, still fit behind `taken` messages that start at byte `position`.
  private static func count(of chunk: Chunk, from offset: Offset, taken: Int, _ position: UInt64) -> Int {
    let most = min(chunk.end - offset, maximumMessages - taken)
    let limit = position + UInt64(maximumBytes)
    var (low, high) = (0, most)
    while low < high {
      let middle = (low + high + 1) / 2
      if chunk.position(of: offset + middle) <= limit { low = middle } else { high = middle - 1 }
    }
    return taken == 0 ? min(max(low, 1), most) : low
  }
}
