/// What filters could not deal with, by filter and reason.
package struct FailureLedger: Sendable {
  package struct Kind: Hashable, Sendable {
    /// The filter's place in the chain, from 0.
    package let filter: Int
    package let key: String
    package let reason: String
  }

  package struct Count: Sendable {
    package var messages: Int
    /// The first failure of the kind, for the log.
    package let first: FilterFailure
  }

  package private(set) var counts: [Kind: Count] = [:]

  /// The most kinds that are told apart; failures beyond are counted under `other reasons`.
  static let limit = 100

  package init() {}

  package var isEmpty: Bool { counts.isEmpty }

  /// All messages.
  package var total: Int { counts.values.reduce(0) { $0 + $1.messages } }

  mutating func add(_ failure: FilterFailure, filter: Int, key: String) {
    let kind = Kind(filter: filter, key: key, reason: failure.reason)
    add(kind, Count(messages: 1, first: failure))
  }

  private mutating func add(_ kind: Kind, _ count: Count) {
    if counts[kind] == nil, counts.count >= Self.limit {
      let other = Kind(filter: kind.filter, key: kind.key, reason: "other reasons")
      counts[other, default: Count(messages: 0, first: count.first)].messages += count.messages
    } else {
      counts[kind, default: Count(messages: 0, first: count.first)].messages += count.messages
    }
  }

  /// Without these kinds.
  mutating func forget(_ kinds: [Kind]) {
    for kind in kinds { counts[kind] = nil }
  }

  /// Adds another's counts; returns the kinds that were new.
  package mutating func merge(_ other: FailureLedger) -> [Kind] {
    var new: [Kind] = []
    for (kind, count) in other.counts {
      if counts[kind] == nil { new.append(kind) }
      add(kind, count)
    }
    return new
  }
}
