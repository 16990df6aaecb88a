/// What one read brought: messages back to back in one buffer, and where each ends.
///
/// ```
/// bytes:  t i c k 1 t i c k 2 2
/// marks:          ^5          ^11      (ends; text or binary each)
/// ```
///
/// Batches cross boundaries, messages do not: a lock, a wake and a log line are paid once for all of them.
package struct Batch: Sendable {
  /// Where a message ends, and what it is.
  package struct Mark: Equatable, Sendable {
    /// Index in `bytes` just behind the message's last byte.
    package var end: UInt32
    /// Text is valid UTF-8; all else is binary.
    package var isText: Bool
  }

  package private(set) var bytes: [UInt8] = []
  package private(set) var marks: [Mark] = []
  /// What goes beside each message; empty when there is nothing beside any.
  package private(set) var labels: [Label] = []

  /// The most bytes one batch may hold; a framer seals a batch well before.
  package static let maximumBytes = 1 << 30

  package init() {}

  package init(texts: [String]) {
    for text in texts {
      var text = text
      text.withUTF8 { append(UnsafeRawBufferPointer($0), isText: true) }
    }
  }

  package var count: Int { marks.count }
  package var isEmpty: Bool { marks.isEmpty }

  package mutating func reserve(bytes count: Int) { bytes.reserveCapacity(count) }

  /// Adds a message that is known to be text (valid UTF-8) or binary.
  package mutating func append(_ message: UnsafeRawBufferPointer, isText: Bool) {
    bytes.append(contentsOf: message)
    marks.append(Mark(end: UInt32(bytes.count), isText: isText))
  }

  /// Adds a message with what goes beside it.
  package mutating func append(_ message: UnsafeRawBufferPointer, isText: Bool, label: Label) {
    append(message, isText: isText)
    guard !label.isEmpty || !labels.isEmpty else { return }
    while labels.count < marks.count - 1 { labels.append(Label()) }
    labels.append(label)
  }

  /// Adds message `index` of another batch, with what goes beside it.
  package mutating func append(_ index: Int, of other: Batch) {
    let (isText, label) = (other.marks[index].isText, other.label(index))
    other.bytes.withUnsafeBytes {
      append(UnsafeRawBufferPointer(rebasing: $0[other.range(index)]), isText: isText, label: label)
    }
  }

  /// Adds all messages of another batch.
  package mutating func append(_ other: Batch) {
    guard !isEmpty else { return self = other }
    for index in 0..<other.count { append(index, of: other) }
  }

  /// What goes beside message `index`.
  package func label(_ index: Int) -> Label { index < labels.count ? labels[index] : Label() }

  /// Adds a message whose bytes decide: valid UTF-8 is text.
  package mutating func append(classifying message: UnsafeRawBufferPointer) {
    append(message, isText: UTF8Text.isValid(message))
  }

  /// The range of message `index` in `bytes`.
  package func range(_ index: Int) -> Range<Int> {
    (index == 0 ? 0 : Int(marks[index - 1].end))..<Int(marks[index].end)
  }

  /// The first messages, at most `count`.
  package func prefix(_ count: Int) -> Batch {
    guard count < self.count else { return self }
    var first = Batch()
    bytes.withUnsafeBytes { bytes in
      for index in 0..<count {
        first.append(
          UnsafeRawBufferPointer(rebasing: bytes[range(index)]), isText: marks[index].isText, label: label(index))
      }
    }
    return first
  }

  /// The messages behind the first `count`.
  package func dropping(_ count: Int) -> Batch {
    guard count > 0 else { return self }
    var rest = Batch()
    for index in min(count, self.count)..<self.count { rest.append(index, of: self) }
    return rest
  }

  /// The message's bytes, copied: for tests and rare paths.
  package subscript(index: Int) -> [UInt8] { Array(bytes[range(index)]) }
}
