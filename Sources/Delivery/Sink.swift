import Streams
import Synchronization

/// What batches go to: a group, or what stands in front of one.
package protocol Sink: AnyObject, Sendable {
  /// Takes a batch. From any thread; batches of one thread stay in order.
  func publish(_ batch: Batch)

  /// How a source does that feeds it.
  func announce(_ health: Health)

  /// Whether a source had better wait: somebody has more than `limit` payload bytes to do, or a subscriber that may hold
  /// sources back is far behind.
  func mustWait(limit: Int) -> Bool

  /// Those who want what it is given.
  var demand: DemandGauge { get }
}

/// A sink that a group forwards to, until it is taken back.
package struct Tap: Sendable {
  let sink: any Sink
  /// The first message that goes to it; what the log held before is for the sink to read.
  package let start: Offset
  fileprivate let observer: Int
  fileprivate let share: DemandShare
}

extension Group {
  /// Every batch and every health from now on goes to `sink` as well; its demand is demand here.
  @discardableResult
  package func forward(to sink: any Sink) -> Tap {
    let share = DemandShare(of: demand)
    let observer = sink.demand.observe { share.set($0) }
    return addTap { Tap(sink: sink, start: $0, observer: observer, share: share) }
  }

  /// Nothing more goes to the tap's sink.
  package func stopForwarding(_ tap: Tap) {
    removeTap { $0.share === tap.share }
    tap.sink.demand.stopObserving(tap.observer)
    tap.share.close()
  }
}

/// What one tap adds to the demand of its group: one or nothing, and nothing for ever when it has been closed, however
/// late the news of the sink's demand come.
private final class DemandShare: Sendable {
  private weak let gauge: DemandGauge?
  private let state = Mutex((isCounted: false, isClosed: false))

  init(of gauge: DemandGauge) { self.gauge = gauge }

  func set(_ isWanted: Bool) {
    let hasChanged = state.withLock { state in
      guard !state.isClosed, state.isCounted != isWanted else { return false }
      state.isCounted = isWanted
      return true
    }
    if hasChanged { gauge?.change(by: isWanted ? 1 : -1) }
  }

  func close() {
    set(false)
    state.withLock { $0.isClosed = true }
    // Between the two it may have been set again.
    let wasCounted = state.withLock { state in
      defer { state.isCounted = false }
      return state.isCounted
    }
    if wasCounted { gauge?.change(by: -1) }
  }
}
