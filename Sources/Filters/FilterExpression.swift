import ConfigText
import Expressions
import JSONText

/// An expression in a route file, checked when it is loaded. Equal by its exact text.
package struct FilterExpression: ConfigValue, Equatable {
  package let text: String
  package let expression: Expression
  /// The scalar it stands in, for errors that show only later.
  package let node: ConfigNode
  private let needs: MessageNeeds
  /// The field whose value it is, if it is nothing else: `msg.user.name`.
  private let field: JSONPath?

  package static let expectation = "an expression such as msg.price > 100"

  package static func == (left: FilterExpression, right: FilterExpression) -> Bool {
    ExactText(left.text) == ExactText(right.text)
  }

  package static func decode(_ node: ConfigNode, _ reader: inout ConfigReader) -> FilterExpression? {
    reader.expression(node, expectation) { (text) throws(ExpressionProblems) in
      let expression = try Expression(parsing: text, variables: FilterVariable.table)
      let needs = MessageNeeds(expression.references)
      return FilterExpression(
        text: text, expression: expression, node: node, needs: needs, field: expression.shape.messageField)
    }
  }

  package var uses: VariableUses { VariableUses(references: expression.references, node: node) }

  /// The expression's value for a message.
  func value(_ message: inout Message, _ run: inout Run) throws(FilterFailure) -> Value {
    try run.withMessage(&message, needs) { (context) throws(EvaluationError) in try expression.evaluate(context) }
  }

  /// Appends the value as JSON; a field of the message with the spelling it has there.
  func appendJSON(of message: inout Message, _ run: inout Run, to out: inout [UInt8]) throws(FilterFailure) {
    guard let field else { return try value(&message, &run).appendJSON(to: &out) }
    try message.read { (tape, text) throws(FilterFailure) in
      guard let node = tape.node(at: field, in: text) else { throw FilterFailure("no such field: \(field)") }
      out.append(contentsOf: UnsafeRawBufferPointer(rebasing: text[tape.range(of: node)]))
    }
  }

  /// Reports an expression whose value is known to be of no use here.
  func check(_ allowed: [StaticType], _ what: String, _ reader: inout ConfigReader) {
    guard !allowed.contains(expression.type), expression.type != .dyn else { return }
    reader.error("\(what), and this is of type \(expression.type.name)", at: node.place)
  }
}

extension ExpressionShape {
  /// The field of the message that is meant, or the message itself.
  fileprivate var messageField: JSONPath? {
    guard case .path(FilterVariable.msg.rawValue, let names) = self else { return nil }
    return JSONPath(names: names)
  }
}

/// The variables that an expression in a route file uses.
package struct VariableUses: Sendable {
  package let references: [Expression.Reference]
  /// The scalar it stands in.
  package let node: ConfigNode
}

extension ConfigNode {
  /// For a text that YAML takes for a mapping or a list: `{.symbol}`, `[msg.a, msg.b]`.
  var bracesHint: String? {
    entries != nil || elements != nil ? "what starts with '{' or '[' stands in quotes" : nil
  }
}

extension ConfigReader {
  /// What is parsed from a scalar's text; nil: nothing, and that has been reported.
  mutating func expression<E>(
    _ node: ConfigNode, _ expectation: String, _ parse: (String) throws(ExpressionProblems) -> E
  ) -> E? {
    guard let scalar = node.scalar, !scalar.isBroken, !scalar.isNull else {
      mismatch(node, expected: expectation, reason: node.bracesHint)
      return nil
    }
    do throws(ExpressionProblems) {
      return try parse(scalar.text)
    } catch {
      for problem in error.problems { report(problem, in: node) }
      return nil
    }
  }

  /// Reports what is wrong with an expression, at its place in the scalar.
  mutating func report(_ problem: ExpressionProblem, in node: ConfigNode) {
    let place = node.place(offset: problem.span.offset, length: problem.span.length)
    // What an expression suggests is a sentence part, not a name.
    error(problem.suggestion.map { "\(problem.message); \($0)" } ?? problem.message, at: place)
  }
}
