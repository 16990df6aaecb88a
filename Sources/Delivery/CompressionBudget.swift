import Synchronization

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
