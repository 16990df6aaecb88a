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

  /// Told `true` when the first comes and `false` when the last has left; at once, when there are some.
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
