import DequeModule
import NIOCore

/// What a log's mutex guards: the chunks, the bounds, and the readers' holds.
struct LogState {
  var chunks: Deque<Chunk> = []
  var end: Cursor
  var history: History
  var holdLimit: Int
  var holds: [StreamLog.ReaderID: Offset] = [:]
  var nextReader = 0
  var isFinished = false
  var wasJoined = false
  /// The newest message of each key, if history asks for that.
  var latest: LatestByKey?
  /// How many chunks at the front have had their encodings dropped.
  var cooled = 0
  /// Whether a message ever had an id of its own.
  var hasIDs = false
}

extension LogState {
  mutating func apply(_ history: History) {
    self.history = history
    guard let keys = history.keys else { return latest = nil }
    if latest == nil { latest = LatestByKey(limit: keys) } else { latest?.limit = keys }
  }

  /// The index of the chunk that holds `offset`, or the count.
  private func index(of offset: Offset) -> Int {
    var low = 0
    var high = chunks.count
    while low < high {
      let middle = (low + high) / 2
      if chunks[middle].end <= offset { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The cursor at `offset`, moved forward to the first message held and back to the end.
  func cursor(at offset: Offset) -> Cursor {
    let index = index(of: offset)
    guard index < chunks.count else { return end }
    let chunk = chunks[index]
    let offset = max(offset, chunk.first)
    return Cursor(next: offset, position: chunk.position(of: offset))
  }

  /// The newest chunks that end at or before an offset, oldest first.
  func chunks(before offset: Offset, most: Int) -> [Chunk] {
    let end = index(of: offset)
    return Array(chunks[max(end - most, 0)..<end])
  }

  func cursor(within bytes: Int) -> Cursor {
    let wanted = end.position - min(end.position, UInt64(bytes))
    var low = 0
    var high = chunks.count
    while low < high {
      let middle = (low + high) / 2
      if chunks[middle].endPosition <= wanted { low = middle + 1 } else { high = middle }
    }
    guard low < chunks.count else { return end }
    let chunk = chunks[low]
    guard chunk.position < wanted else { return Cursor(next: chunk.first, position: chunk.position) }
    let local = UInt32(wanted - chunk.position)
    let index = chunk.batch.marks.partitioningIndex { $0.end >= local } + 1
    let offset = chunk.first + index
    return Cursor(next: offset, position: chunk.position(of: offset))
  }

  func read(from cursor: Cursor, to limit: Offset?, maxBytes: Int) -> StreamLog.Reading {
    let start = self.cursor(at: cursor.next)
    var found: [Chunk] = []
    var to = start
    var index = index(of: start.next)
    while index < chunks.count, found.isEmpty || to.position - start.position < UInt64(maxBytes) {
      let chunk = chunks[index]
      if let limit, chunk.end > limit { break }
      found.append(chunk)
      to = Cursor(next: chunk.end, position: chunk.endPosition)
      index += 1
    }
    return StreamLog.Reading(from: start, to: to, chunks: found, end: end, isFinished: isFinished)
  }

  /// The oldest message that `bounds` keep, exact to the message.
  func historyStart(_ bounds: History, now: NIODeadline) -> Cursor {
    let oldest = end.next.value > UInt64(bounds.messages) ? end.next.value - UInt64(bounds.messages) : 0
    var start = cursor(at: Offset(oldest))
    let sized = cursor(within: bounds.size)
    if sized.next > start.next { start = sized }
    if let age = bounds.age {
      let limit = now - TimeAmount(age)
      let index = chunks.partitioningIndex { $0.appended >= limit }
      let young = index < chunks.count ? Cursor(next: chunks[index].first, position: chunks[index].position) : end
      if young.next > start.next { start = young }
    }
    return start
  }

  /// The chunks that have just left the hot tail.
  mutating func coolDown() -> [Chunk] {
    let limit = end.position - min(end.position, UInt64(StreamLog.hotBytes))
    var found: [Chunk] = []
    while cooled < chunks.count, chunks[cooled].endPosition <= limit {
      found.append(chunks[cooled])
      cooled += 1
    }
    return found
  }

  /// Lets chunks go that history does not want and no reader holds. It looks at no chunk but the first ones.
  mutating func trim(now: NIODeadline) {
    let held = holds.values.min() ?? end.next
    let limit = UInt64(holdLimit) + UInt64(history.size)
    while let chunk = chunks.first, isOutOfHistory(chunk, now: now) {
      guard chunk.end <= held || end.position - chunk.position > limit else { break }
      chunks.removeFirst()
      if cooled > 0 { cooled -= 1 }
    }
  }

  /// Whether all messages of a chunk are before `historyStart`.
  private func isOutOfHistory(_ chunk: Chunk, now: NIODeadline) -> Bool {
    if chunk.end.value <= end.next.value - min(end.next.value, UInt64(history.messages)) { return true }
    let last = chunk.position(of: Offset(chunk.end.value - 1))
    if last < end.position - min(end.position, UInt64(history.size)) { return true }
    return history.age.map { chunk.appended < now - TimeAmount($0) } ?? false
  }
}

extension RandomAccessCollection {
  /// The first index whose element satisfies a predicate that is false before it and true from it on.
  fileprivate func partitioningIndex(where holds: (Element) -> Bool) -> Index {
    var low = startIndex
    var count = self.count
    while count > 0 {
      let half = count / 2
      let middle = index(low, offsetBy: half)
      if holds(self[middle]) {
        count = half
      } else {
        low = index(after: middle)
        count -= half + 1
      }
    }
    return low
  }
}
