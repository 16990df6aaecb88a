import Synchronization

/// How the messages of a stream are compressed for those who can read that.
package struct Compression: Equatable, Sendable {
  package enum Mode: String, CaseIterable, Sendable {
    /// Once for all subscribers, in one context that all share.
    case shared
    /// For each subscriber in a context of its own.
    case perConnection = "per_connection"
    case off
  }

  package var mode: Mode
  /// zlib's level, from 1 (fast) to 9 (small).
  package var level: Int
  /// Bytes of a message from which on it is compressed; a shorter one is sent as it is.
  package var threshold: Int

  package init(mode: Mode = .shared, level: Int = 6, threshold: Int = 32) {
    self.mode = mode
    self.level = level
    self.threshold = threshold
  }
}

/// Bytes that compression may take, of all streams and connections together.
package final class CompressionBudget: Sendable {
  private let state: Mutex<(limit: Int, used: Int)>

  package init(limit: Int) { state = Mutex((limit, 0)) }

  /// Another limit; what is beyond it stays until it is given back.
  package func setLimit(_ limit: Int) { state.withLock { $0.limit = limit } }

  package var used: Int { state.withLock { $0.used } }

  func take(_ bytes: Int) -> Bool {
    state.withLock { state in
      guard state.used + bytes <= state.limit else { return false }
      state.used += bytes
      return true
    }
  }

  func giveBack(_ bytes: Int) { state.withLock { $0.used -= bytes } }
}
