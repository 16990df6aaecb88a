import ConfigText
import Expressions

/// `where: EXPR`: keeps the messages for which the expression is true.
package struct WhereSpec: FilterSpec {
  package var condition: FilterExpression

  package static let isTimed = false
  package static let isStateless = true
  package static let key = "where"
  package static let summary = "Keeps the messages for which an expression is true."
  package static let example = "msg.price > 100 && msg.symbol in [\"MSFT\", \"IBM\"]"

  package static func decode(_ node: ConfigNode, _ reader: inout ConfigReader) -> WhereSpec? {
    guard let condition = FilterExpression.decode(node, &reader) else { return nil }
    condition.check([.bool], "'where' needs true or false", &reader)
    return WhereSpec(condition: condition)
  }

  package var expressions: [FilterExpression] { [condition] }
  package func makeFilter() -> any Filter { WhereFilter(condition: condition) }
}

struct WhereFilter: Filter {
  let condition: FilterExpression
  /// The same, if it is of the plainest form.
  private let plain: PlainCondition?

  init(condition: FilterExpression) {
    self.condition = condition
    plain = PlainCondition(condition.expression.shape)
  }

  mutating func take(_ message: inout Message, _ run: inout Run) throws(FilterFailure) -> Bool {
    if let plain, let holds = try message.read({ tape, text in plain.holds(tape, text) }) { return holds }
    guard case .bool(let keeps) = try condition.value(&message, &run) else {
      throw FilterFailure("the condition is neither true nor false")
    }
    return keeps
  }
}
