import DequeModule
import NIOCore
import Synchronization

/// The append-only log behind a group. Live delivery, catching up, history and resuming are one operation: read from a cursor.
///
/// ```
///   first                    historyStart                    end
///     | chunk | chunk | chunk | chunk | chunk | chunk | chunk |  <- append
///     ^ a slow reader's hold    ^ what a new subscriber may get
/// ```
///
/// A chunk leaves when history no longer wants it **and** no reader holds it; a hold keeps at most `holdLimit` bytes, so
/// memory is bounded by `history.size + holdLimit` plus one chunk, whatever subscribers do.
/// The mutex is taken once a batch and once a wake.
///
/// Encodings are kept for the newest `hotBytes` only; an older chunk is encoded again for whoever still reads it.
package final class StreamLog: Sendable {
  package let epoch: Epoch
  let state: Mutex<LogState>
  /// The newest snapshot of all keys.
  let lastSnapshot = Mutex<Snapshot?>(nil)

  /// A reader of the log that may be behind: one for each fan-out.
  package struct ReaderID: Hashable, Sendable { let value: Int }

  /// How much of the log's tail keeps its encodings, in payload bytes.
  package static let hotBytes = 1 << 20

  /// `first`: the offset of the first message to come, for a log that continues an earlier one (a file read from its middle).
  package init(epoch: Epoch = .fresh(), first: Offset = .first, history: History, holdLimit: Int) {
    self.epoch = epoch
    var made = LogState(end: Cursor(next: first, position: 0), history: history, holdLimit: holdLimit)
    made.apply(history)
    state = Mutex(made)
  }

  /// Seals the batch as the newest chunk. An empty batch is nothing.
  @discardableResult
  package func append(_ batch: Batch, at now: NIODeadline = .now()) -> Chunk? {
    guard !batch.isEmpty else { return nil }
    let (chunk, cooled) = state.withLock { state in
      let chunk = Chunk(
        epoch: epoch, first: state.end.next, position: state.end.position, appended: now, batch: batch)
      state.chunks.append(chunk)
      if !state.hasIDs { state.hasIDs = batch.labels.contains { $0.id != nil } }
      state.end = Cursor(next: chunk.end, position: chunk.endPosition)
      state.latest?.add(chunk)
      state.trim(now: now)
      return (chunk, state.coolDown())
    }
    for old in cooled { old.dropEncodings() }
    return chunk
  }

  /// No more will come: readers that reach the end may close.
  package func finish() { state.withLock { $0.isFinished = true } }

  package var end: Cursor { state.withLock { $0.end } }

  /// Payload bytes held at the moment.
  package var retainedBytes: Int {
    state.withLock { $0.chunks.isEmpty ? 0 : Int($0.end.position - $0.chunks[0].position) }
  }

  /// New bounds take effect at once.
  package func setBounds(history: History, holdLimit: Int, forgetsKeys: Bool = false) {
    state.withLock { state in
      state.holdLimit = holdLimit
      if forgetsKeys { state.latest = nil }
      state.apply(history)
      state.trim(now: .now())
    }
    lastSnapshot.withLock { $0 = nil }
  }

  /// Drops what has become too old; called now and then for logs that get nothing new.
  package func trim(now: NIODeadline) { state.withLock { $0.trim(now: now) } }
}

// MARK: - Reading

extension StreamLog {
  /// What a read found.
  package struct Reading: Sendable {
    /// Where the reading starts: the cursor asked for, or later when that has left the log.
    package var from: Cursor
    /// Behind the last message of `chunks`.
    package var to: Cursor
    package var chunks: [Chunk]
    /// The log's end at the time.
    package var end: Cursor
    /// The log is finished: behind `end` nothing will come.
    package var isFinished: Bool

    package var isAtEnd: Bool { to.next == end.next }
  }

  /// A new reader, whose hold starts at the end, or earlier.
  package func register(from offset: Offset? = nil) -> ReaderID {
    state.withLock { state in
      state.nextReader += 1
      let id = ReaderID(value: state.nextReader)
      state.holds[id] = offset ?? state.end.next
      return id
    }
  }

  package func unregister(_ id: ReaderID) {
    state.withLock { state in
      state.holds[id] = nil
      state.trim(now: .now())
    }
  }

  /// Reads whole chunks from `cursor` on until `maxBytes` are reached (at least one chunk, if there is one).
  ///
  /// `limit` is a chunk's bound that the reading does not pass.
  package func read(from cursor: Cursor, to limit: Offset? = nil, maxBytes: Int) -> Reading {
    state.withLock { $0.read(from: cursor, to: limit, maxBytes: maxBytes) }
  }

  /// The same, and moves the reader's hold: chunks from `holding` on stay, within the limit.
  package func read(from cursor: Cursor, maxBytes: Int, reader: ReaderID, holding: Offset) -> Reading {
    state.withLock { state in
      state.holds[reader] = holding
      return state.read(from: cursor, to: nil, maxBytes: maxBytes)
    }
  }

  /// Moves a reader's hold.
  package func hold(_ reader: ReaderID, from offset: Offset) {
    state.withLock { state in
      guard state.holds[reader] != nil else { return }
      state.holds[reader] = offset
      state.trim(now: .now())
    }
  }

  /// Where a subscriber joins that has nothing yet. `history` is the joining route's own bound.
  package func start(_ replay: Replay, within history: History, now: NIODeadline = .now()) -> Cursor {
    state.withLock { state in
      let isFirst = !state.wasJoined
      state.wasJoined = true
      let kept = state.historyStart(history, now: now)
      switch replay {
      case .none: return state.end
      case .unheard: return isFirst ? kept : state.end
      case .all: return kept
      case .last(let count):
        let wanted = state.end.next.value > UInt64(count) ? state.end.next.value - UInt64(count) : 0
        return state.cursor(at: max(kept.next, Offset(wanted)))
      }
    }
  }

  /// Where a subscriber goes on that has all up to `token`; a gap when history no longer holds what comes next.
  package func resume(
    after token: ResumeToken, within history: History, now: NIODeadline = .now()
  ) -> (cursor: Cursor, gap: Gap?) {
    state.withLock { state in
      state.wasJoined = true
      let kept = state.historyStart(history, now: now)
      let isKnown = token.epoch == epoch && token.last < state.end.next
      guard isKnown else {
        return (kept, Gap(missed: nil, resumed: ResumeToken(epoch: epoch, last: Offset(kept.next.value - 1))))
      }
      let wanted = token.last + 1
      guard wanted < kept.next else { return (state.cursor(at: wanted), nil) }
      let resumed = ResumeToken(epoch: epoch, last: Offset(kept.next.value - 1))
      return (kept, Gap(missed: kept.next - wanted, resumed: resumed))
    }
  }

  /// Where a subscriber goes on that has all up to the newest message with this id of its own; `nil` when the log holds
  /// none. It takes time in proportion to what the log holds, and does not keep others from the log meanwhile.
  package func resume(
    afterID id: String, within history: History, now: NIODeadline = .now()
  ) -> (cursor: Cursor, gap: Gap?)? {
    guard let last = offset(ofID: id) else { return nil }
    return resume(after: ResumeToken(epoch: epoch, last: last), within: history, now: now)
  }

  private func offset(ofID id: String) -> Offset? {
    var (end, hasIDs) = state.withLock { ($0.end.next, $0.hasIDs) }
    guard hasIDs else { return nil }
    while true {
      let before = end
      let chunks = state.withLock { $0.chunks(before: before, most: 256) }
      guard let oldest = chunks.first else { return nil }
      for chunk in chunks.reversed() {
        if let offset = chunk.offset(ofID: id) { return offset }
      }
      end = oldest.first
    }
  }

  /// The first message that starts at most `bytes` before the end: where a slow subscriber is set down.
  package func cursor(within bytes: Int) -> Cursor { state.withLock { $0.cursor(within: bytes) } }

  /// The newest message, or the end when the log is empty.
  package func latest() -> Cursor {
    state.withLock { state in
      state.chunks.isEmpty ? state.end : state.cursor(at: Offset(state.end.next.value - 1))
    }
  }

  /// What is kept from `first` to `end`, chunks' bounds, within a history's bounds: a batch for each chunk, and when that came.
  /// Before them, if the history is one of keys, the newest message of each key that has only older ones.
  package func kept(
    within history: History, from first: Offset = .zero, before end: Offset
  ) -> [(batch: Batch, appended: NIODeadline)] {
    state.withLock { state in
      let now = NIODeadline.now()
      let kept = state.historyStart(history, now: now)
      let start = first > kept.next ? state.cursor(at: first) : kept
      let latest = history.keys == nil ? nil : state.latest
      let older = latest?.kept(from: first, before: min(start.next, end), age: history.age, now: now) ?? []
      guard start.next < end else { return older }
      return older
        + state.read(from: start, to: end, maxBytes: .max).chunks.map { ($0.batch(from: start.next), $0.appended) }
    }
  }
}
