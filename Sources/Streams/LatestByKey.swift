import DequeModule
import NIOCore

/// The newest message of each key of a log, in the order of their offsets.
///
/// Guarded by the log's mutex. The messages are copies: one that is kept for long does not keep its chunk.
struct LatestByKey {
  struct Entry {
    var offset: Offset
    var appended: NIODeadline
    var bytes: [UInt8]
    var isText: Bool
    var label: Label
  }

  /// The most keys; the one whose message is oldest goes first.
  var limit: Int { didSet { evict() } }
  /// Keys that had to go.
  private(set) var evicted = 0
  private var entries: [String: Entry] = [:]
  /// Keys with the offset of a message of theirs; only that of the newest counts.
  private var order: Deque<(key: String, offset: Offset)> = []

  init(limit: Int) { self.limit = limit }

  var count: Int { entries.count }

  mutating func add(_ chunk: Chunk) {
    guard !chunk.batch.labels.isEmpty else { return }
    for index in 0..<chunk.count {
      let label = chunk.batch.label(index)
      guard let key = label.key else { continue }
      let offset = chunk.first + index
      entries[key] = Entry(
        offset: offset, appended: chunk.appended, bytes: chunk.batch[index], isText: chunk.batch.marks[index].isText,
        label: label)
      order.append((key, offset))
    }
    evict()
    if order.count > 2 * entries.count + 64 { order.removeAll { entries[$0.key]?.offset != $0.offset } }
  }

  private mutating func evict() {
    while entries.count > limit, let oldest = order.popFirst() {
      guard entries[oldest.key]?.offset == oldest.offset else { continue }
      entries[oldest.key] = nil
      evicted += 1
    }
  }

  /// The messages from `offset` on that are not older than `age`.
  func messages(from offset: Offset, age: Duration?, now: NIODeadline) -> (batch: Batch, offsets: [Offset]) {
    var batch = Batch()
    var offsets: [Offset] = []
    let oldest = age.map { now - TimeAmount($0) }
    for (key, place) in order where place >= offset {
      guard let entry = entries[key], entry.offset == place else { continue }
      if let oldest, entry.appended < oldest { continue }
      entry.bytes.withUnsafeBytes { batch.append($0, isText: entry.isText, label: entry.label) }
      offsets.append(place)
    }
    return (batch, offsets)
  }

  /// The messages from `first` to `offset` that are not older than `age`: a batch for those that came together.
  func kept(
    from first: Offset, before offset: Offset, age: Duration?, now: NIODeadline
  ) -> [(batch: Batch, appended: NIODeadline)] {
    var found: [(batch: Batch, appended: NIODeadline)] = []
    let oldest = age.map { now - TimeAmount($0) }
    for (key, place) in order where place >= first && place < offset {
      guard let entry = entries[key], entry.offset == place else { continue }
      if let oldest, entry.appended < oldest { continue }
      if found.last?.appended != entry.appended { found.append((Batch(), entry.appended)) }
      entry.bytes.withUnsafeBytes {
        found[found.count - 1].batch.append($0, isText: entry.isText, label: entry.label)
      }
    }
    return found
  }
}

extension StreamLog {
  /// The newest message of each key, and where the log goes on behind them.
  package struct Snapshot: Sendable {
    /// The messages with the offsets they have; `nil`: there are none.
    package var chunk: Chunk?
    package var end: Cursor
    /// Messages since then that are not in it, as there was a newer one of their key, or their key had to go.
    package var missed: Int
  }

  /// Whether it keeps the newest message of each key.
  package var isKeyed: Bool { state.withLock { $0.latest != nil } }

  /// The newest message of each key from `offset` on; `nil`: the log does not keep them.
  ///
  /// The snapshot of all is made once for all who come before the next message, and so are its wire formats.
  package func snapshot(from offset: Offset, now: NIODeadline = .now()) -> Snapshot? {
    let isWhole = offset <= .first
    if isWhole, let known = lastSnapshot.withLock({ $0 }), known.end.next == end.next { return known }
    let (found, end, age): ((batch: Batch, offsets: [Offset])?, Cursor, Duration?) = state.withLock { state in
      (state.latest?.messages(from: offset, age: state.history.age, now: now), state.end, state.history.age)
    }
    guard let (batch, offsets) = found else { return nil }
    let chunk =
      batch.isEmpty
      ? nil
      : Chunk(epoch: epoch, first: offsets[0], position: 0, appended: now, batch: batch, offsets: offsets)
    let snapshot = Snapshot(chunk: chunk, end: end, missed: (end.next - max(offset, .first)) - offsets.count)
    // What grows old by itself is made anew each time.
    if isWhole { lastSnapshot.withLock { $0 = age == nil ? snapshot : nil } }
    return snapshot
  }
}
