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

  private struct Entry {
    var group: Group
    var settings: Settings
    var uses: Int
  }

  private let entries = Mutex<[String: Entry]>([:])

  package init() {}

  /// The group of that name, used once more. `settings` are what this user needs; a group has what all its users do.
  package func acquire(_ name: String, _ settings: Settings) -> Group {
    let (group, widened): (Group, Settings?) = entries.withLock { entries in
      guard var entry = entries[name] else {
        let log = StreamLog(history: settings.history, holdLimit: settings.holdLimit)
        let group = Group(name: name, log: log, keying: settings.keying)
        entries[name] = Entry(group: group, settings: settings, uses: 1)
        return (group, nil)
      }
      entry.uses += 1
      let wider = Settings(
        history: entry.settings.history.union(settings.history),
        holdLimit: max(entry.settings.holdLimit, settings.holdLimit), keying: entry.settings.keying)
      let isWider = wider != entry.settings
      entry.settings = wider
      entries[name] = entry
      return (entry.group, isWider ? wider : nil)
    }
    if let widened { group.log.setBounds(history: widened.history, holdLimit: widened.holdLimit) }
    return group
  }

  /// One use less; the last takes the group with it.
  package func release(_ name: String) {
    entries.withLock { entries in
      guard var entry = entries[name] else { return }
      entry.uses -= 1
      entries[name] = entry.uses > 0 ? entry : nil
    }
  }

  /// The groups there are at the moment, by name.
  package var groups: [Group] {
    entries.withLock { $0.values.map(\.group) }.sorted { $0.name < $1.name }
  }
}
