import NIOCore
import Synchronization

/// A sealed batch in the log: its messages have their offsets, and nothing in it changes any more.
///
/// ```
/// log     … | chunk | chunk                     | chunk | <- append
///                     first=41 … last=44
///                     encodings: webSocket ✓  sse ✓  stream –      (made when first asked for, kept for all)
/// ```
package final class Chunk: Sendable {
  package let epoch: Epoch
  /// The offset of the chunk's first message.
  package let first: Offset
  /// Payload bytes that were in this log before this chunk: lag is a difference of two such positions.
  package let position: UInt64
  /// When it was appended, for `history.age`.
  package let appended: NIODeadline
  package let batch: Batch
  /// The offset of each message, where they do not follow each other: in a snapshot, which is in no log.
  private let offsets: [Offset]?

  private let encodings = Mutex<[EncodedChunk?]>([])
  /// What compressors with a context have made of it, which is more than the chunk says.
  private let compressions = Mutex<[EncodedChunk?]>([])

  package init(
    epoch: Epoch, first: Offset, position: UInt64, appended: NIODeadline, batch: Batch, offsets: [Offset]? = nil
  ) {
    precondition(!batch.isEmpty, "a chunk holds at least one message")
    self.epoch = epoch
    self.first = first
    self.position = position
    self.appended = appended
    self.batch = batch
    self.offsets = offsets
  }

  /// The offset of message `index`.
  package func offset(_ index: Int) -> Offset { offsets?[index] ?? first + index }

  package var count: Int { batch.count }
  /// The offset just behind the chunk's last message.
  package var end: Offset { first + count }
  package var byteCount: Int { batch.bytes.count }
  package var endPosition: UInt64 { position + UInt64(byteCount) }

  /// The log position at which message `offset` starts; `offset` may be `end`.
  package func position(of offset: Offset) -> UInt64 {
    let index = offset - first
    return position + (index == 0 ? 0 : UInt64(batch.marks[index - 1].end))
  }

  /// The id that message `index` has of its own; nil: it has the server's, EPOCH-SEQ.
  ///
  /// An id that could be taken for one of the server's in this log is passed over: it would resume elsewhere.
  package func ownID(_ index: Int) -> String? {
    guard let id = batch.label(index).id, ResumeToken(id)?.epoch != epoch else { return nil }
    return id
  }

  /// The newest message with an id of its own.
  func offset(ofID id: String) -> Offset? {
    batch.labels.indices.last { batch.labels[$0].id == id && ownID($0) != nil }.map { first + $0 }
  }

  /// The messages from `offset` on, if the chunk has some before it; else all.
  func batch(from offset: Offset) -> Batch { offset > first ? batch.dropping(offset - first) : batch }

  /// The chunk in a wire format: encoded by whoever asks first, shared by all who ask later.
  package func encoded(_ format: WireFormat, with encode: (Chunk) -> EncodedChunk) -> EncodedChunk {
    encodings.withLock { slots in
      if slots.isEmpty { slots = Array(repeating: nil, count: WireFormat.count) }
      if let done = slots[format.rawValue] { return done }
      let made = encode(self)
      slots[format.rawValue] = made
      return made
    }
  }

  /// The chunk as its group's compressor for a format has made it; nil: it has not, or that has been let go.
  package func compressed(_ format: WireFormat) -> EncodedChunk? {
    compressions.withLock { $0.isEmpty ? nil : $0[format.rawValue] }
  }

  /// Keeps what a compressor has made of the chunk.
  package func keep(compressed: EncodedChunk, _ format: WireFormat) {
    compressions.withLock { slots in
      if slots.isEmpty { slots = Array(repeating: nil, count: WireFormat.count) }
      slots[format.rawValue] = compressed
    }
  }

  /// Lets the encodings go; whoever needs one again makes it again. For chunks that only history holds.
  package func dropEncodings() {
    encodings.withLock { $0 = [] }
    compressions.withLock { $0 = [] }
  }
}

/// A chunk's messages in one wire format, back to back, and where each ends: a cursor can start at any message.
package struct EncodedChunk: Sendable {
  package let bytes: ByteBuffer
  /// For each message the index in `bytes` just behind it.
  package let ends: [UInt32]
  /// The messages that are key frames of a compressed stream: none of what follows refers to what was before.
  package let keys: [Int]

  package init(bytes: ByteBuffer, ends: [UInt32], keys: [Int] = []) {
    self.bytes = bytes
    self.ends = ends
    self.keys = keys
  }

  /// Writes each message in another way; `write` returns the index just behind what it has written.
  package func pieces(_ write: (UnsafeRawBufferPointer) -> Int) -> [UInt32] {
    var start = 0
    return bytes.withUnsafeReadableBytes { raw in
      ends.map { end in
        defer { start = Int(end) }
        return UInt32(write(UnsafeRawBufferPointer(rebasing: raw[start..<Int(end)])))
      }
    }
  }

  /// Where message `index` starts.
  package func start(_ index: Int) -> Int { index == 0 ? 0 : Int(ends[index - 1]) }
}
