import Logging
import NIOCore
import Synchronization

/// How often each limit was hit, and the log of it: at most a line a minute and kind.
package final class LimitCounters: Sendable {
  private let tallies = Mutex(LimitTallies())
  private let logger: Logger

  init(_ logger: Logger) { self.logger = logger }

  /// How often a limit has been hit since the server started.
  package subscript(kind: LimitKind) -> Int { tallies.withLock { $0.count(of: kind) } }

  func count(_ kind: LimitKind, at now: NIODeadline = .now()) {
    guard let hits = tallies.withLock({ $0.add(kind, at: now) }) else { return }
    logger.warning("\(kind.name) was hit \(hits == 1 ? "once" : "\(hits) times")")
  }
}

/// Decides when a hit is worth a line: the first of its kind, then one a minute with all since the last.
struct LimitTallies {
  private struct Tally {
    var count = 0
    var told = 0
    var toldAt: NIODeadline?
  }

  private var tallies = [Tally](repeating: Tally(), count: LimitKind.allCases.count)

  /// The least time between two lines of a kind.
  static let interval = TimeAmount.minutes(1)

  func count(of kind: LimitKind) -> Int { tallies[kind.rawValue].count }

  /// How many hits a line is to tell; `nil`: no line now.
  mutating func add(_ kind: LimitKind, at now: NIODeadline) -> Int? {
    var tally = tallies[kind.rawValue]
    tally.count += 1
    defer { tallies[kind.rawValue] = tally }
    if let toldAt = tally.toldAt, now - toldAt < Self.interval { return nil }
    defer { tally.told = tally.count }
    tally.toldAt = now
    return tally.count - tally.told
  }
}
