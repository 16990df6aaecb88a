import ConfigText
import Expressions
import Streams

/// `event: msg.type`: the name of the message's event in `text/event-stream`.
package struct EventSpec: FilterSpec {
  package var name: FilterExpression

  package static let isTimed = false
  package static let isStateless = true
  package static let key = "event"
  package static let summary = "Gives the message the name of its event in text/event-stream."
  package static let example = "msg.type"

  package static func decode(_ node: ConfigNode, _ reader: inout ConfigReader) -> EventSpec? {
    FilterExpression.decode(node, &reader).map { EventSpec(name: $0) }
  }

  package var expressions: [FilterExpression] { [name] }
  package func makeFilter() -> any Filter { EventFilter(name: name) }
}

struct EventFilter: Filter {
  let name: FilterExpression

  mutating func take(_ message: inout Message, _ run: inout Run) throws(FilterFailure) -> Bool {
    let text = try name.labelText(&message, &run)
    if let text {
      guard !text.utf8.contains(where: { $0 == 0x0A || $0 == 0x0D }) else {
        throw FilterFailure("the event's name has a line break")
      }
      guard !text.hasPrefix(Label.reservedNames) else {
        throw FilterFailure("the event's name is one of the server's own", detail: text)
      }
    }
    message.label.event = text
    return true
  }
}

extension FilterExpression {
  /// The value as what goes beside a message; nil: null or an empty text, which mean nothing there.
  ///
  /// - Throws: `FilterFailure` also for a text of more than `Label.mostBytes`.
  func labelText(_ message: inout Message, _ run: inout Run) throws(FilterFailure) -> String? {
    let value = try value(&message, &run)
    switch value {
    case .null, .optional(nil): return nil
    default: break
    }
    let text = try value.plainText()
    guard text.utf8.count <= Label.mostBytes else {
      throw FilterFailure("the event's name or id is too long", detail: "\(text.utf8.count) bytes")
    }
    return text.isEmpty ? nil : text
  }
}
