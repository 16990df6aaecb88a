import Streams
import Synchronization

/// The named groups that somebody needs: one is born when it is first asked for and leaves with its last user.
package final class GroupPool: Sendable {
  /// What a group is made with.
  package struct Settings: Equatable, Sendable {
    package var history: History
    /// The most payload bytes that a slow subscriber makes the log hold.
    package var holdLimit: Int
    /// How its messages get their keys, if history keeps the newest of each.
    package var keying: Keying?

    package init(history: History, holdLimit: Int, keying: Keying? = nil) {
      self.history = history
      self.holdLimit = holdLimit
      self.keying = keying
    }
  }

  /// What a group of a name has.
  package typealias Rule = @Sendable (String) -> Settings

  private struct State {
    var rule: Rule
    /// Grows with each change of the rule.
    var version = 0
    var groups: [String: (group: Group, uses: Int)] = [:]
  }

  private let state: Mutex<State>

  package init(_ rule: @escaping Rule = { _ in Settings(history: .none, holdLimit: 0) }) {
    state = Mutex(State(rule: rule))
  }

  /// Another rule holds, for the groups there are and for all to come.
  package func apply(_ rule: @escaping Rule) {
    let groups = state.withLock { state in
      state.rule = rule
      state.version += 1
      return state.groups.values.map(\.group)
    }
    for group in groups { group.apply(rule(group.name)) }
  }

  /// The group of that name, used once more.
  package func acquire(_ name: String) -> Group {
    while true {
      if let known = use(name) { return known }
      let (rule, version) = state.withLock { ($0.rule, $0.version) }
      if let group = insert(Group(name: name, rule(name)), version) { return group }
    }
  }

  /// Adds a group, or uses the one that somebody else has added first; `nil`: another rule holds meanwhile.
  private func insert(_ made: Group, _ version: Int) -> Group? {
    state.withLock { state in
      guard state.version == version else { return nil }
      let known = state.groups[made.name]
      state.groups[made.name] = (known?.group ?? made, (known?.uses ?? 0) + 1)
      return known?.group ?? made
    }
  }

  private func use(_ name: String) -> Group? {
    state.withLock { state in
      state.groups[name]?.uses += 1
      return state.groups[name]?.group
    }
  }

  /// One use less; the last takes the group with it.
  package func release(_ name: String) {
    state.withLock { state in
      state.groups[name]?.uses -= 1
      if state.groups[name]?.uses == 0 { state.groups[name] = nil }
    }
  }

  /// The groups there are at the moment, by name.
  package var groups: [Group] {
    state.withLock { $0.groups.values.map(\.group) }.sorted { $0.name < $1.name }
  }
}
