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
    state.withLock { $0.touched = parts.map(\.stream) }
    for (stream, part) in parts { stream.pipeline.publish(part, first: first) }
  }

  /// The messages for each stream, in order.
  private static func split(
    _ batch: Batch, by index: EqualityIndex, _ byValue: [ExactText: [DerivedStream]], _ troubles: FilterTroubles
  ) -> [(stream: DerivedStream, part: Batch)] {
    var message = MessagePool.shared.take()
    defer { MessagePool.shared.putBack(message) }
    var parts: [(stream: DerivedStream, part: Batch)] = []
    var places: [ObjectIdentifier: Int] = [:]
    var failures = FailureLedger()
    batch.bytes.withUnsafeBytes { bytes in
      for number in 0..<batch.count {
        let text = UnsafeRawBufferPointer(rebasing: bytes[batch.range(number)])
        message.load(text, isText: batch.marks[number].isText)
        let streams: [DerivedStream]
        do throws(FilterFailure) {
          streams = try index.value(of: &message).flatMap { byValue[$0] } ?? []
        } catch {
          if !index.isFalse(for: &message) { failures.add(error, filter: 0, key: WhereSpec.key) }
          continue
        }
        for stream in streams {
          let place = places[ObjectIdentifier(stream), default: parts.count]
          if place == parts.count {
            places[ObjectIdentifier(stream)] = place
            parts.append((stream, Batch()))
          }
          parts[place].part.append(text, isText: batch.marks[number].isText, label: batch.label(number))
        }
      }
    }
    if !failures.isEmpty { troubles.tell(failures) }
    return parts
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
