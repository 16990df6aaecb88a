import ConfigText
import Expressions

/// An expression over the messages of a window, checked when it is loaded. Equal by its exact text.
package struct WindowExpression: ConfigValue, Equatable {
  package let text: String
  package let expression: AggregateExpression
  /// The scalar it stands in, for errors that show only later.
  package let node: ConfigNode

  package static let expectation = "an expression such as max(msg.price)"

  package static func == (left: WindowExpression, right: WindowExpression) -> Bool {
    ExactText(left.text) == ExactText(right.text)
  }

  package static func decode(_ node: ConfigNode, _ reader: inout ConfigReader) -> WindowExpression? {
    reader.expression(node, expectation) { (text) throws(ExpressionProblems) in
      let expression = try AggregateExpression(
        parsing: text, variables: FilterVariable.table, results: WindowVariable.table)
      return WindowExpression(text: text, expression: expression, node: node)
    }
  }

  /// Those in aggregates; what stands around them has only the window's own variables.
  package var uses: VariableUses { VariableUses(references: expression.references, node: node) }
}

/// The variables outside of aggregates, in the order of their slots.
enum WindowVariable: Int, CaseIterable {
  /// The value that the window's messages have in common.
  case key
  /// When the window starts.
  case start
  /// When it ends: the first moment behind it.
  case end

  static let table: Variables = {
    var table: Variables = [:]
    for variable in allCases { table.add("\(variable)", variable == .key ? .dyn : .timestamp) }
    return table
  }()
}
