/// When the clients of an event stream come back after it has broken (`retry:`, WHATWG HTML section 9.2.6): not all at once.
enum RetryDelay {
  /// How far a client's delay may be from the route's, either way.
  static let spread = 0.25

  /// A client's own delay. `chance`: from 0 to 1, each client's own.
  static func jittered(_ delay: Duration, chance: Double) -> Duration {
    delay * (1 - spread + 2 * spread * chance)
  }

  static func random(around delay: Duration) -> Duration { jittered(delay, chance: .random(in: 0...1)) }
}
