import NIOCore
import Synchronization

/// Bytes that compressors may hold, of all streams and connections together. What there is no memory for goes plain; for a
/// while after that, shared compressors that rest give theirs back.
package final class CompressionBudget: Sendable {
  private let state: Mutex<State>
  private let onRefusal: @Sendable () -> Void

  private struct State {
    var limit: Int
    var used = 0
    /// When there was no memory for somebody last.
    var refused: NIODeadline?
  }

  /// How long it is short of memory after a refusal.
  private static let shortage = TimeAmount.seconds(10)

  /// `onRefusal`: called for each compressor that there is no memory for, once.
  package init(limit: Int, onRefusal: @escaping @Sendable () -> Void = {}) {
    state = Mutex(State(limit: limit))
    self.onRefusal = onRefusal
  }

  /// Another limit; what is beyond it stays until it is given back.
  package func setLimit(_ limit: Int) { state.withLock { $0.limit = limit } }

  package var used: Int { state.withLock { $0.used } }

  func take(_ bytes: Int, at now: NIODeadline = .now()) -> Bool {
    state.withLock { state in
      guard state.used + bytes <= state.limit else {
        state.refused = now
        return false
      }
      state.used += bytes
      return true
    }
  }

  func giveBack(_ bytes: Int) { state.withLock { $0.used -= bytes } }

  /// Whether who rests is to give its memory back.
  package func isShort(at now: NIODeadline) -> Bool {
    state.withLock { state in state.refused.map { now - $0 < Self.shortage } ?? false }
  }

  /// Tells that there was no memory; not under a lock.
  func tellRefusal() { onRefusal() }
}
