/// What a reload from one configuration to another would do: what differs, by kind and name. Pure; printable.
///
/// It goes by what things mean: it may be empty for two route sets that are not equal, where one names a chain that the
/// other has in place, or says a default that the other leaves out.
package struct ReloadPlan: Equatable, Sendable {
  /// What a configuration consists of, in the order people read it.
  package enum Kind: String, CaseIterable, Sendable {
    case routes, sources, groups, filters, listeners

    /// What people call one: "route".
    package var noun: String {
      switch self {
      case .routes: "route"
      case .sources: "source"
      case .groups: "group"
      case .filters: "chain"
      case .listeners: "listener"
      }
    }
  }

  /// Something that is in both configurations and not equal.
  package struct Change: Equatable, Sendable {
    package var name: String
    /// The keys whose values differ, in the order of manuals; none for a chain.
    package var keys: [String]

    package init(name: String, keys: [String]) {
      self.name = name
      self.keys = keys
    }
  }

  /// What of one kind differs, each list sorted by name.
  package struct Changes: Equatable, Sendable {
    package var added: [String] = []
    package var changed: [Change] = []
    package var removed: [String] = []
    /// How many are equal.
    package var kept = 0

    package init() {}

    package var isEmpty: Bool { added.isEmpty && changed.isEmpty && removed.isEmpty }
  }

  package var changes: [Kind: Changes] = [:]
  /// The keys of `server` that differ, but for `listen`: "limits.connections".
  package var server: [String] = []
  /// What takes effect only for new connections, or only with a restart, a line each.
  package var notes: [String] = []

  package init() {}

  /// Nothing would be done at all.
  package var isEmpty: Bool { server.isEmpty && changes.values.allSatisfy(\.isEmpty) }
}
