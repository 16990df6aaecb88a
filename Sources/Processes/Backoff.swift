/// How long to wait before a source or a process is started again: exponential, with full jitter.
///
/// It knows no clock: how long the source ran, and chance, are parameters.
package struct Backoff: Equatable, Sendable {
  /// The longest wait after the first failure.
  package static let shortest = Duration.milliseconds(100)
  /// The longest wait after many.
  package static let longest = Duration.seconds(30)
  /// What ran for so long has done well: the next failure counts as the first.
  package static let goodRun = Duration.seconds(10)

  private var ceiling = Backoff.shortest

  /// No failure yet.
  package init() {}

  /// The wait after a run that took `ran` and failed; `chance` is from 0 up to 1.
  package mutating func next(after ran: Duration, chance: Double = .random(in: 0..<1)) -> Duration {
    if ran >= Self.goodRun { ceiling = Self.shortest }
    let wait = ceiling * chance
    ceiling = min(ceiling * 2, Self.longest)
    return wait
  }
}
