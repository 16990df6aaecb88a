/// How a source does, told in band to the subscribers who ask for it and written to the log.
package struct Health: Equatable, Sendable {
  package enum State: String, Sendable {
    /// Messages come, or could.
    case running
    /// It is being started, or tried again after a failure.
    case starting
    /// Nothing has come for `stale_after`.
    case stalled
    /// It has ended or failed, and is not tried again before something changes.
    case stopped
    /// It feeds the stream no more; subscribers are not told.
    case removed
  }

  /// The source's name.
  package var source: String
  package var state: State
  /// Why, in words for the operator; it is not sent to subscribers.
  package var reason: String

  package init(source: String, state: State, reason: String = "") {
    self.source = source
    self.state = state
    self.reason = reason
  }
}
