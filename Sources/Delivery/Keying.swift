import Streams

/// How the messages of a group get their keys. Equal by its text.
package struct Keying: Equatable, Sendable {
  /// What the operator wrote.
  package let text: String
  /// The batch with a key beside each message that has one. From any thread.
  package let label: @Sendable (Batch) -> Batch

  package init(text: String, label: @escaping @Sendable (Batch) -> Batch) {
    self.text = text
    self.label = label
  }

  package static func == (left: Keying, right: Keying) -> Bool { left.text == right.text }
}
