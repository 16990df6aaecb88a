import Delivery
import Synchronization

/// Whether any of a source's sinks is in demand; tasks can wait for a change.
///
/// The truth is asked for anew after each signal: signals of two event loops may overtake each other.
final class Demand: Sendable {
  private let state = Mutex(State())

  private struct State {
    var watched: [(demand: DemandGauge, observer: Int)] = []
    var changes = 0
    var nextWaiter = 0
    var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
  }

  /// Watches these sinks from now on, and no others.
  func watch(_ sinks: [any Sink]) {
    let watched = sinks.map { sink in (sink.demand, sink.demand.observe { [weak self] _ in self?.signal() }) }
    let before = state.withLock { state in
      defer { state.watched = watched }
      return state.watched
    }
    for (demand, observer) in before { demand.stopObserving(observer) }
    signal()
  }

  var isWanted: Bool { state.withLock { $0.watched }.contains { $0.demand.isWanted } }

  /// How often something has changed.
  var changes: Int { state.withLock { $0.changes } }

  private func signal() {
    let waiters = state.withLock { state in
      state.changes += 1
      defer { state.waiters = [:] }
      return state.waiters
    }
    for waiter in waiters.values { waiter.resume() }
  }

  /// Returns when something has changed since `seen`, or the task is cancelled.
  func wait(since seen: Int) async {
    let id = state.withLock { state in
      state.nextWaiter += 1
      return state.nextWaiter
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isOver = state.withLock { state in
          if Task.isCancelled || state.changes != seen { return true }
          state.waiters[id] = continuation
          return false
        }
        if isOver { continuation.resume() }
      }
    } onCancel: {
      state.withLock { $0.waiters.removeValue(forKey: id) }?.resume()
    }
  }

  /// Returns when somebody subscribes.
  ///
  /// - Throws: `CancellationError`.
  func untilWanted() async throws {
    while true {
      try Task.checkCancellation()
      let seen = changes
      if isWanted { return }
      await wait(since: seen)
    }
  }

  /// Returns when nobody has subscribed for `linger`.
  ///
  /// - Throws: `CancellationError`.
  func untilUnwanted(for linger: Duration) async throws {
    while true {
      try Task.checkCancellation()
      let seen = changes
      guard !isWanted else {
        await wait(since: seen)
        continue
      }
      try await Task.sleep(for: linger)
      if changes == seen, !isWanted { return }
    }
  }
}
