/// What a reload from one configuration to another would do: what differs, by kind and name. Pure; printable.
package struct ReloadPlan: Equatable, Sendable {
  /// What a configuration consists of, in the order people read it.
  package enum Kind: String, CaseIterable, Sendable {
    case listeners, sources, groups, filters, routes
  }

  /// Something that is in both configurations and not equal.
  package struct Change: Equatable, Sendable {
    package var name: String
    /// The keys whose values differ.
    package var keys: [String]
  }

  /// What of one kind differs, each list sorted by name.
  package struct Changes: Equatable, Sendable {
    package var added: [String] = []
    package var changed: [Change] = []
    package var removed: [String] = []
    /// How many are equal.
    package var kept = 0

    package var isEmpty: Bool { added.isEmpty && changed.isEmpty && removed.isEmpty }
  }

  package var changes: [Kind: Changes] = [:]
  /// The keys of `server` that differ, but for `listen`: "limits.connections".
  package var server: [String] = []
  /// What takes effect only for new connections, or only with a restart, a line each.
  package var notes: [String] = []

  /// Nothing would be done at all.
  package var isEmpty: Bool { server.isEmpty && changes.values.allSatisfy(\.isEmpty) }
}
