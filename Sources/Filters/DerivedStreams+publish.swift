import Delivery
import Streams

extension DerivedStreams {
  package func publish(_ batch: Batch, first: Offset?) {
    let (index, byValue) = state.withLock { ($0.index, $0.byValue) }
    guard let index else {
      for stream in state.withLock({ Array($0.streams.values) }) { stream.pipeline.publish(batch, first: first) }
      return
    }
    let parts = Self.split(batch, by: index, byValue, troubles)
    state.withLock { $0.touched = parts.map(\.key) }
    for (stream, part) in parts { stream.pipeline.publish(part, first: first) }
  }

  /// The messages for each stream, in order.
  private static func split(
    _ batch: Batch, by index: EqualityIndex, _ byValue: [ExactText: [DerivedStream]], _ troubles: FilterTroubles
  ) -> [(key: DerivedStream, part: Batch)] {
    var parts = BatchParts<DerivedStream>()
    var failures = FailureLedger()
    batch.forEachMessage { number, text, message in
      do throws(FilterFailure) {
        for stream in try index.value(of: &message).flatMap({ byValue[$0] }) ?? [] {
          parts.add(number, of: batch, text, to: stream)
        }
      } catch {
        if !index.isFalse(for: &message) { failures.add(error, filter: 0, key: WhereSpec.key) }
      }
    }
    if !failures.isEmpty { troubles.tell(failures) }
    return parts.all
  }

  package func announce(_ health: Health) {
    for stream in state.withLock({ Array($0.streams.values) }) { stream.pipeline.announce(health) }
  }

  /// Asked of those that the last batch went to: the answer must not take longer the more there are.
  package func mustWait(limit: Int) -> Bool {
    let streams = state.withLock { $0.index == nil ? Array($0.streams.values) : $0.touched }
    return streams.contains { $0.pipeline.mustWait(limit: limit) }
  }
}
