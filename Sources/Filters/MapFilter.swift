import ConfigText
import Expressions

/// `map: EXPR`: the message becomes the expression's value, as JSON.
package struct MapSpec: FilterSpec {
  package var value: FilterExpression

  package static let isTimed = false
  package static let isStateless = true
  package static let key = "map"
  package static let summary = "Puts the value of an expression, as JSON, in place of the message."
  package static let example = "'{\"symbol\": msg.symbol, \"cents\": int(msg.price * 100)}'"

  package static func decode(_ node: ConfigNode, _ reader: inout ConfigReader) -> MapSpec? {
    FilterExpression.decode(node, &reader).map { MapSpec(value: $0) }
  }

  package var expressions: [FilterExpression] { [value] }

  package func form(after form: MessageForm) -> Result<MessageForm, FormMismatch> {
    switch value.expression.type {
    case .map: .success(.object)
    case .list: .success(.array)
    default: .success(.json)
    }
  }

  package func makeFilter() -> any Filter { MapFilter(value: value) }
}

struct MapFilter: Filter {
  let value: FilterExpression
  private var text: [UInt8] = []

  init(value: FilterExpression) { self.value = value }

  mutating func take(_ message: inout Message, _ run: inout Run) throws(FilterFailure) -> Bool {
    text.removeAll(keepingCapacity: true)
    try value.appendJSON(of: &message, &run, to: &text)
    try message.replace { _, out in out.append(contentsOf: text) }
    return true
  }
}
