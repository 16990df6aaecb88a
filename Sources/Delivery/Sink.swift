import Streams

/// What batches go to: a group, or what stands in front of one.
package protocol Sink: AnyObject, Sendable {
  /// Takes a batch. From any thread; batches of one thread stay in order.
  ///
  /// `first`: the offset of its first message in the group that forwards it; `nil`: it comes from a source.
  func publish(_ batch: Batch, first: Offset?)

  /// How a source does that feeds it.
  func announce(_ health: Health)

  /// Whether a source had better wait: somebody has more than `limit` payload bytes to do, or a subscriber that may hold
  /// sources back is far behind.
  func mustWait(limit: Int) -> Bool

  /// Those who want what it is given.
  var demand: DemandGauge { get }
}

extension Sink {
  /// Takes a batch of a source.
  package func publish(_ batch: Batch) { publish(batch, first: nil) }
}

/// A sink that a group forwards to, until it is taken back.
package struct Tap: Sendable {
  let sink: any Sink
  fileprivate let link: DemandLink
}

extension Group {
  /// Every batch and every health from now on goes to `sink` as well; its demand is demand here.
  @discardableResult
  package func forward(to sink: any Sink) -> Tap {
    let tap = Tap(sink: sink, link: demand.follow(sink.demand))
    add(tap)
    return tap
  }

  /// Nothing more goes to the tap's sink.
  package func stopForwarding(_ tap: Tap) {
    removeTap { $0.link === tap.link }
    tap.link.close()
  }
}
