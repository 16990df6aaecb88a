import Delivery
import Synchronization

/// One of the streams.
final class DerivedStream: Sendable {
  let parameters: FilterParameters
  let pipeline: RunningPipeline
  let group: Group
  private let uses = Mutex((count: 1, departures: 0))

  init(_ parameters: FilterParameters, _ pipeline: RunningPipeline, _ group: Group) {
    self.parameters = parameters
    self.pipeline = pipeline
    self.group = group
  }

  var isUsed: Bool { uses.withLock { $0.count > 0 } }

  func use() { uses.withLock { $0.count += 1 } }

  /// One use less. Returns the number of this departure, if nobody uses it now.
  func leave() -> Int? {
    uses.withLock { uses in
      uses.count -= 1
      guard uses.count == 0 else { return nil }
      uses.departures += 1
      return uses.departures
    }
  }

  /// Whether nobody has come since that departure.
  func isStillLeft(since departure: Int) -> Bool { uses.withLock { $0.count == 0 && $0.departures == departure } }
}

/// One is itself alone.
extension DerivedStream: Hashable {
  static func == (left: DerivedStream, right: DerivedStream) -> Bool { left === right }
  func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
