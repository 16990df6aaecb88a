import Synchronization

/// What a group has delivered and dropped since it was born. Added to once a batch or pump, never once a message.
package final class DeliveryCounters: Sendable {
  private let published = Atomic<Int>(0)
  private let delivered = Atomic<Int>(0)
  private let skipped = Atomic<Int>(0)
  private let closed = Atomic<Int>(0)

  package struct Values: Equatable, Sendable {
    /// Messages appended to the log.
    package var published: Int
    /// Messages handed to a subscriber's socket, all subscribers together.
    package var delivered: Int
    /// Messages that slow subscribers were told they missed.
    package var skipped: Int
    /// Subscribers that were closed because they were slow.
    package var closedSlow: Int
  }

  package var values: Values {
    Values(
      published: published.load(ordering: .relaxed), delivered: delivered.load(ordering: .relaxed),
      skipped: skipped.load(ordering: .relaxed), closedSlow: closed.load(ordering: .relaxed))
  }

  func countPublished(_ count: Int) { published.add(count, ordering: .relaxed) }
  func countDelivered(_ count: Int) { delivered.add(count, ordering: .relaxed) }
  func countSkipped(_ count: Int) { skipped.add(count, ordering: .relaxed) }
  func countClosedSlow() { closed.add(1, ordering: .relaxed) }
}
