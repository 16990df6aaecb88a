import Streams

/// What becomes of a subscriber that reads more slowly than messages come: the one place that decides it.
package struct SlowConsumerPolicy: Equatable, Sendable {
  package enum Action: String, CaseIterable, Sendable {
    /// Set it down half the allowed lag before the end, and tell it what it missed.
    case skip
    /// Set it down at the newest message, and tell it what it missed.
    case latest
    /// Close its connection; it can come back and resume.
    case close
  }

  /// Payload bytes that a subscriber may be behind the end of the log.
  package var lag: Int
  package var then: Action

  package init(lag: Int, then: Action) {
    self.lag = lag
    self.then = then
  }

  package enum Verdict: Equatable, Sendable {
    case fine
    case skip(to: Cursor)
    case close
  }

  /// `allowance`: payload bytes beyond `lag` that a subscriber may be behind because it was behind when it joined.
  package func judge(_ cursor: Cursor, in log: StreamLog, allowance: Int) -> Verdict {
    let end = log.end
    guard end.position - min(end.position, cursor.position) > UInt64(lag + allowance) else { return .fine }
    switch then {
    case .close: return .close
    case .latest: return .skip(to: log.latest())
    case .skip: return .skip(to: log.cursor(within: lag / 2))
    }
  }
}
