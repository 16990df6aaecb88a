import Streams

/// What becomes of a subscriber that reads more slowly than messages come: the one place that decides it.
package struct SlowConsumerPolicy: Equatable, Sendable {
  package enum Action: String, CaseIterable, Sendable {
    /// Set it down half the allowed lag before the end, and tell it what it missed.
    case skip
    /// Set it down at the newest message, or give it the newest of each key, and tell it what it missed.
    case latest
    /// Close its connection; it can come back and resume.
    case close
  }

  /// Payload bytes that a subscriber may be behind the end of the log.
  package var lag: Int
  package var then: Action
  /// How long sources may be held back for a subscriber that is half the lag behind, before it is given up; zero: never.
  ///
  /// A burst is then as fast as its subscribers, and not lost; yet nobody slows a feed to less than a quarter of `lag` in
  /// each `wait`, and one that was given up is not waited for again before it has caught up.
  package var wait: Duration

  package init(lag: Int, then: Action, wait: Duration = .zero) {
    self.lag = lag
    self.then = then
    self.wait = wait
  }

  /// Payload bytes behind the end from which on sources are held back, and below which they go on.
  package var holdLag: (from: Int, until: Int) { (lag / 2, lag / 4) }

  package enum Verdict: Equatable, Sendable {
    case fine
    case skip(to: Cursor)
    /// It gets the newest message of each key, then goes on at the end.
    case conflate
    case close
  }

  /// `allowance`: payload bytes beyond `lag` that a subscriber may be behind because it was behind when it joined.
  package func judge(_ cursor: Cursor, in log: StreamLog, allowance: Int) -> Verdict {
    let end = log.end
    guard end.position - min(end.position, cursor.position) > UInt64(lag + allowance) else { return .fine }
    switch then {
    case .close: return .close
    case .latest: return log.isKeyed ? .conflate : .skip(to: log.latest())
    case .skip: return .skip(to: log.cursor(within: lag / 2))
    }
  }
}
