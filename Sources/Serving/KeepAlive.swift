import NIOCore

/// Decides when a subscriber is asked whether it is still there, and when it is given up: pure, time is a parameter.
///
/// ```
///  0          interval       2 · interval
///  |── quiet ──| ask ── quiet ──| dead
/// ```
/// A WebSocket peer must answer a ping; any sign of life will do: bytes from it, or that it takes what it is sent.
/// An event stream gets a comment when nothing else was sent; whether it arrives is the system's to find out.
struct KeepAlive {
  enum Action: Equatable {
    case nothing
    case ask
    case giveUp
  }

  /// Zero: never asked.
  private(set) var interval: TimeAmount
  /// Whether the peer must answer (a WebSocket's ping), or is only sent something.
  let expectsAnswer: Bool

  private var since: NIODeadline
  private var isAsked = false
  private var progress = 0

  init(every interval: Duration, expectsAnswer: Bool, now: NIODeadline) {
    self.interval = TimeAmount(interval)
    self.expectsAnswer = expectsAnswer
    since = now
  }

  /// Another interval, from now on.
  mutating func setInterval(_ interval: Duration, now: NIODeadline) {
    guard TimeAmount(interval) != self.interval else { return }
    self.interval = TimeAmount(interval)
    since = now
    isAsked = false
  }

  /// Bytes have come from the peer.
  mutating func heard(at now: NIODeadline) {
    guard expectsAnswer else { return }
    since = now
    isAsked = false
  }

  /// Looks at the clock, about once a second. `sent`: a count that grows when the peer has taken something; `isBlocked`:
  /// the peer's socket is full.
  mutating func tick(at now: NIODeadline, sent: Int, isBlocked: Bool) -> Action {
    guard interval > .zero else { return .nothing }
    if sent != progress {
      progress = sent
      // To take what was in the way of the question is a sign of life; to have taken it all earlier is not an answer.
      if isBlocked || !expectsAnswer { since = now }
      if isBlocked { isAsked = false }
    }
    guard now - since >= interval else { return .nothing }
    since = now
    if isAsked, expectsAnswer { return .giveUp }
    isAsked = true
    return .ask
  }
}
