extension CrowdState {
  /// Lets members come and go as it is time.
  mutating func tick() {
    guard var passage else { return }
    let due = (Monotonic.microseconds - passage.began) * passage.perSecond / 1_000_000
    // After a pause of this thread it does not make up for all of it at once.
    if due - passage.opened > passage.atOnce { passage.opened = due - passage.atOnce }
    while passage.opened < due {
      var place: Int?
      if passage.live.count >= passage.atOnce {
        place = passage.live.removeFirst()
        place.map { leave($0) }
        counts.passed += 1
      }
      passage.live.append(join(passage.stream, isWebSocket: passage.opened % 4 != 0, isPassing: true, at: place))
      passage.opened += 1
    }
    self.passage = passage
  }

  /// No more come, and all that are there go.
  mutating func endPassage() {
    for place in passage?.live ?? [] { leave(place) }
    passage = nil
  }

  /// Of the members of one stream, or of all.
  func progress(_ stream: Int?) -> CrowdProgress {
    var progress = counts
    var slowest = Int.max
    for member in members where !member.isPassing && (stream == nil || member.stream == stream) {
      progress.restarts += member.check.restarts
      switch member.stage {
      case .connecting, .asking: progress.asking += 1
      case .gone: progress.gone += 1
      case .reading:
        progress.reading += 1
        slowest = min(slowest, member.check.last ?? 0)
        progress.fastest = max(progress.fastest, member.check.last ?? 0)
      }
    }
    progress.slowest = slowest == .max ? 0 : slowest
    return progress
  }
}
