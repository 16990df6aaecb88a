import ConfigText
import Filters
import Serving

extension ReloadPlan {
  /// What a reload from one configuration to another would do.
  package init(from old: RouteSet, to new: RouteSet) {
    self.init()
    let comparison = RouteSetComparison(old: old, new: new)
    changes[.routes] = Changes(old.routesByPath, new.routesByPath) { comparison.keys(ofRoute: $0, $1) }
    changes[.sources] = Changes(old.sources, new.sources) { comparison.keys(ofSource: $0, $1) }
    changes[.groups] = Changes(old.groupsByText, new.groupsByText) { GroupSpec.fields.changes(from: $0, to: $1) }
    changes[.filters] = Changes(chains: old.filters, new.filters)
    changes[.listeners] = Changes(listeners: old.server.listen.values, new.server.listen.values)
    server = ServerSpec.fields.changes(from: old.server, to: new.server).filter { $0 != "listen" }
    notes = Self.notes(changes, server)
  }

  private static func notes(_ changes: [Kind: Changes], _ server: [String]) -> [String] {
    let things = Kind.allCases.flatMap { kind -> [String] in
      guard let scope = ReloadScope(rawValue: kind.rawValue), let changed = changes[kind]?.changed else { return [] }
      return changed.flatMap { change in
        scope.notes(on: change.keys, of: "\(kind.noun) \(VisibleText.quoted(change.name))")
      }
    }
    return things + ReloadScope.server.notes(on: server, of: "server")
  }
}

extension ReloadScope {
  /// A line for each key whose new value does not reach what is live.
  fileprivate func notes(on keys: [String], of thing: String) -> [String] {
    keys.compactMap { key in effect(of: key)?.note.map { "\(thing): \(key) \($0)" } }
  }
}

extension ReloadPlan.Changes {
  /// Of things by name. `keys`: those that differ; none: both are equal.
  fileprivate init<Thing>(_ old: [String: Thing], _ new: [String: Thing], keys: (Thing, Thing) -> [String]) {
    self.init(names: Set(old.keys), Set(new.keys))
    for name in old.keys.sorted() {
      guard let before = old[name], let after = new[name] else { continue }
      let keys = keys(before, after)
      if keys.isEmpty { kept += 1 } else { changed.append(ReloadPlan.Change(name: name, keys: keys)) }
    }
  }

  /// Of chains as they are written: what names a chain that has changed has not changed itself.
  fileprivate init(chains old: [String: FilterChain], _ new: [String: FilterChain]) {
    self.init(names: Set(old.keys), Set(new.keys))
    let both = old.keys.filter { new[$0] != nil }.sorted()
    changed = both.filter { old[$0] != new[$0] }.map { ReloadPlan.Change(name: $0, keys: []) }
    kept = both.count - changed.count
  }

  /// Of addresses, each as often as it is there: the system chooses a port for each `:0`.
  fileprivate init(listeners old: [ListenAddress], _ new: [ListenAddress]) {
    self.init()
    var left = old
    for address in new {
      if let index = left.firstIndex(where: { $0.identity == address.identity }) {
        left.remove(at: index)
        kept += 1
      } else {
        added.append("\(address)")
      }
    }
    added.sort()
    removed = left.map { "\($0)" }.sorted()
  }

  private init(names old: Set<String>, _ new: Set<String>) {
    self.init()
    added = new.subtracting(old).sorted()
    removed = old.subtracting(new).sorted()
  }
}

extension RouteSet {
  fileprivate var routesByPath: [String: Route] {
    Dictionary(routes.map { ($0.path.text, $0) }, uniquingKeysWith: { first, _ in first })
  }

  fileprivate var groupsByText: [String: GroupSpec] {
    Dictionary(uniqueKeysWithValues: groups.map { ($0.key.text, $0.value) })
  }
}
