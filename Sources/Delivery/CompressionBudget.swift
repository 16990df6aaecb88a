import Synchronization

/// Bytes that compressors may hold, of all streams and connections together. What there is no memory for goes plain.
package final class CompressionBudget: Sendable {
  private let state: Mutex<(limit: Int, used: Int)>
  private let onRefusal: @Sendable () -> Void

  /// `onRefusal`: called for each compressor that there is no memory for, once.
  package init(limit: Int, onRefusal: @escaping @Sendable () -> Void = {}) {
    state = Mutex((limit, 0))
    self.onRefusal = onRefusal
  }

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

  /// Tells that there was no memory; not under a lock.
  func tellRefusal() { onRefusal() }
}
