import ConfigText
import Expressions

/// An expression in a route file, checked when it is loaded. Equal by its text.
package struct FilterExpression: ConfigValue, Equatable {
  package let text: String
  package let expression: Expression
  /// The scalar it stands in, for errors that show only later.
  package let node: ConfigNode

  package static let expectation = "an expression such as msg.price > 100"

  package static func == (left: FilterExpression, right: FilterExpression) -> Bool { left.text == right.text }

  package static func decode(_ node: ConfigNode, _ reader: inout ConfigReader) -> FilterExpression? {
    guard let scalar = node.scalar, !scalar.isBroken, !scalar.isNull else {
      reader.mismatch(node, expected: expectation)
      return nil
    }
    do throws(ExpressionProblems) {
      let expression = try Expression(parsing: scalar.text, variables: FilterVariable.table)
      return FilterExpression(text: scalar.text, expression: expression, node: node)
    } catch {
      for problem in error.problems { reader.report(problem, in: node) }
      return nil
    }
  }

  /// The expression's value for a message.
  func value(_ message: inout Message, _ run: inout Run) throws(FilterFailure) -> Value {
    let usesMessage = expression.slots.contains(FilterVariable.msg.rawValue)
    if usesMessage { run.context.values[FilterVariable.msg.rawValue] = try message.value() }
    if expression.slots.contains(FilterVariable.text.rawValue) {
      run.context.values[FilterVariable.text.rawValue] = .string(try message.string())
    }
    // The message's buffers are to be its own again when it changes.
    defer { if usesMessage { run.context.values[FilterVariable.msg.rawValue] = .null } }
    do throws(EvaluationError) {
      return try expression.evaluate(run.context)
    } catch {
      throw FilterFailure(error)
    }
  }

  /// Reports an expression whose value is known to be of no use here.
  func check(_ allowed: [StaticType], _ what: String, _ reader: inout ConfigReader) {
    guard !allowed.contains(expression.type), expression.type != .dyn else { return }
    reader.error("\(what), and this is of type \(expression.type.name)", at: node.place)
  }
}

extension ConfigReader {
  /// Reports what is wrong with an expression, at its place in the scalar.
  mutating func report(_ problem: ExpressionProblem, in node: ConfigNode) {
    let place = node.place(offset: problem.span.offset, length: problem.span.length)
    error(problem.message, at: place, suggestion: problem.suggestion)
  }
}
