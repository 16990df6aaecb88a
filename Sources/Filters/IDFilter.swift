import ConfigText
import Expressions

/// `id: msg.uuid`: the id of the message's event in `text/event-stream`, behind which a client can go on.
package struct IDSpec: FilterSpec {
  package var id: FilterExpression

  package static let isTimed = false
  package static let isStateless = true
  package static let key = "id"
  package static let summary =
    "Gives the message the id of its event in text/event-stream, instead of the server's own."
  package static let example = "msg.uuid"

  package static func decode(_ node: ConfigNode, _ reader: inout ConfigReader) -> IDSpec? {
    FilterExpression.decode(node, &reader).map { IDSpec(id: $0) }
  }

  package var expressions: [FilterExpression] { [id] }
  package func makeFilter() -> any Filter { IDFilter(id: id) }
}

struct IDFilter: Filter {
  let id: FilterExpression

  /// A client sends the id back in a header's value, which has no control characters and no spaces around it (RFC 9110
  /// section 5.5); an id with a zero byte no client takes at all (HTML Living Standard, section 9.2.6).
  mutating func take(_ message: inout Message, _ run: inout Run) throws(FilterFailure) -> Bool {
    let text = try id.labelText(&message, &run)
    if let text {
      guard !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
        throw FilterFailure("the id has a control character")
      }
      guard text.first != " ", text.last != " " else { throw FilterFailure("the id starts or ends with a space") }
    }
    message.label.id = text
    return true
  }
}
