/// What goes beside a message's bytes.
package struct Label: Equatable, Sendable {
  /// The name of the event in `text/event-stream`.
  package var event: String?
  /// The id of the event in `text/event-stream`, instead of the server's own.
  package var id: String?
  /// What the message is the newest of, in a group that keeps the last message of each key.
  package var key: String?

  /// The start of the names that the server's own events have: no message has such a name.
  package static let reservedNames = "sluice."
  /// The longest name and the longest id, in bytes.
  package static let mostBytes = 256

  package init(event: String? = nil, id: String? = nil, key: String? = nil) {
    self.event = event
    self.id = id
    self.key = key
  }

  package var isEmpty: Bool { event == nil && id == nil && key == nil }
}
