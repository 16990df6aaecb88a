/// What signals, the control socket and the watch ask of a running server.
package protocol Reloading: Sendable {
  /// Loads the server's own files anew and changes to them, if they are right. Calls that come while one is under way
  /// wait for it; of several that wait one reload serves all.
  func reload() async -> ReloadOutcome

  /// What a reload would do, without doing it. `paths`: absolute; empty: the server's own.
  func plan(paths: [String]) async -> PlanOutcome

  func status() async -> ServerStatus

  /// The section `server` in force. It is asked for after each reload, whose outcome it reflects.
  func settings() async -> ServerSpec
}

/// What a reload would do, or why it would be refused.
package enum PlanOutcome: Equatable, Sendable {
  case plan(ReloadPlan)
  case refused(report: String)
}
