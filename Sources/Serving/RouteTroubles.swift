import Logging
import NIOCore
import Synchronization

/// Streams that could not be opened: a line for the first of each route, then one a minute with how many there were.
/// Whoever asks again and again does not fill the log.
final class RouteTroubles: Sendable {
  private struct Trouble {
    var untold = 0
    var toldAt: NIODeadline
  }

  private let troubles = Mutex<[String: Trouble]>([:])
  private let logger: Logger

  init(_ logger: Logger) { self.logger = logger }

  func tell(route: String, _ reason: String, at now: NIODeadline = .now()) {
    let told = troubles.withLock { troubles -> Int? in
      if var known = troubles[route], now - known.toldAt < LimitTallies.interval {
        known.untold += 1
        troubles[route] = known
        return nil
      }
      let count = (troubles[route]?.untold ?? 0) + 1
      troubles[route] = Trouble(toldAt: now)
      return count
    }
    guard let told else { return }
    logger.warning("route '\(route)': \(reason)\(told == 1 ? "" : " (\(told) times)")")
  }
}
