import Synchronization

/// Whether somebody wants what a sink is given: a count of those who do, and who is told when there is a first or no more.
package final class DemandGauge: Sendable {
  private let count = Atomic<Int>(0)
  private let observers = Mutex(Observers())

  private struct Observers {
    var next = 0
    var all: [Int: @Sendable (Bool) -> Void] = [:]
  }

  package init() {}

  package var isWanted: Bool { count.load(ordering: .acquiring) > 0 }

  /// Told `true` when the first comes and `false` when the last has left; at once, when there are some. News of two threads
  /// may overtake each other: who needs the truth asks `isWanted` anew.
  /// Returns what `stopObserving` takes.
  @discardableResult
  package func observe(_ observer: @escaping @Sendable (Bool) -> Void) -> Int {
    let id = observers.withLock { observers in
      observers.next += 1
      observers.all[observers.next] = observer
      return observers.next
    }
    if isWanted { observer(true) }
    return id
  }

  package func stopObserving(_ id: Int) { observers.withLock { $0.all[id] = nil } }

  package func change(by change: Int) {
    let count = count.add(change, ordering: .acquiringAndReleasing).newValue
    guard change > 0 ? count == change : count == 0 else { return }
    for observer in observers.withLock({ Array($0.all.values) }) { observer(change > 0) }
  }
}

extension DemandGauge {
  /// Counts one more for as long as the other gauge is wanted and the link is not closed.
  package func follow(_ other: DemandGauge) -> DemandLink { DemandLink(from: other, to: self) }
}

/// What one gauge adds to another: one or nothing, and nothing for ever when it has been closed, however late the news of
/// the demand come.
package final class DemandLink: Sendable {
  private let source: DemandGauge
  private weak let target: DemandGauge?
  private let state = Mutex((isCounted: false, isClosed: false))
  private let observer = Mutex<Int?>(nil)

  fileprivate init(from source: DemandGauge, to target: DemandGauge) {
    self.source = source
    self.target = target
    let id = source.observe { [weak self] _ in self?.look() }
    observer.withLock { $0 = id }
  }

  /// What is told may be overtaken by what another thread tells, so that the source is asked.
  private func look() {
    let change = state.withLock { state in
      let isWanted = source.isWanted
      guard !state.isClosed, state.isCounted != isWanted else { return 0 }
      state.isCounted = isWanted
      return isWanted ? 1 : -1
    }
    if change != 0 { target?.change(by: change) }
  }

  package func close() {
    if let id = observer.withLock({ $0 }) { source.stopObserving(id) }
    let wasCounted = state.withLock { state in
      state.isClosed = true
      defer { state.isCounted = false }
      return state.isCounted
    }
    if wasCounted { target?.change(by: -1) }
  }
}
