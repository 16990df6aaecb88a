import Synchronization

/// How many feeders may be connected at a time.
final class Seats: Sendable {
  private let state: Mutex<(free: Int, departed: Int)>

  init(_ count: Int) { state = Mutex((count, 0)) }

  /// Takes a seat, if one is free.
  func take() -> Bool {
    state.withLock { state in
      guard state.free > 0 else { return false }
      state.free -= 1
      return true
    }
  }

  func leave() {
    state.withLock { state in
      state.free += 1
      state.departed += 1
    }
  }

  /// Whether somebody has left who was not asked for yet.
  func hasDeparted() -> Bool {
    state.withLock { state in
      guard state.departed > 0 else { return false }
      state.departed -= 1
      return true
    }
  }
}
