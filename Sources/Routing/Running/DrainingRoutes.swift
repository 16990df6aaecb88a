import Delivery
import Descriptors
import Ingest

/// Routes that a reload has removed, whose connections may stay a while: their streams go on until then.
struct DrainingRoutes {
  struct Entry {
    var stream: any RouteStream
    /// What feeds it, as it was when the route was removed.
    var sources: [String: SourceDefinition]
  }

  private(set) var entries: [Int: Entry] = [:]
  private var next = 0

  /// Returns its number.
  mutating func add(_ entry: Entry) -> Int {
    next += 1
    entries[next] = entry
    return next
  }

  mutating func remove(_ number: Int) -> Entry? { entries.removeValue(forKey: number) }

  /// The sources that they still need, but for those whose names stand for others now.
  func sources(beside wanted: [String: SourceDefinition]) -> [String: SourceDefinition] {
    let taken = Set(wanted.values.flatMap(\.identities))
    return entries.values.reduce(into: [:]) { found, entry in
      for (name, definition) in entry.sources where wanted[name] == nil {
        if taken.isDisjoint(with: definition.identities) { found[name] = definition }
      }
    }
  }

  /// The streams that a source still feeds.
  func sinks(of name: String, _ definition: SourceDefinition) -> [any Sink] {
    entries.sorted { $0.key < $1.key }.compactMap { _, entry in
      entry.sources[name]?.spec == definition.spec ? entry.stream.entrance : nil
    }
  }
}

extension SourceDefinition {
  /// What only one can have at a time.
  fileprivate var identities: [Claim] { spec.kind.claims.compactMap(\.identity) }
}
