import Expressions

/// The variables of a message in the tests of aggregates.
let messageVariables: Variables = ["msg": .dyn, "text": .string, "size": .int]
/// The variables of a window.
let windowVariables: Variables = ["key": .string, "start": .timestamp]

/// The value of an expression over messages that each have the value `msg`, or what is wrong.
func aggregated(_ text: String, _ messages: [Value]) -> String {
  do throws(ExpressionProblems) {
    let expression = try AggregateExpression(parsing: text, variables: messageVariables, results: windowVariables)
    var state = AggregateState(expression)
    var refused = ""
    for message in messages {
      do throws(EvaluationError) {
        try state.add(messageContext(message))
      } catch {
        refused += " (\(error.message))"
      }
    }
    do throws(EvaluationError) {
      return try expression.value(of: state, windowContext()).description + refused
    } catch {
      return "error: \(error.message)" + refused
    }
  } catch {
    return "problem: \(error.problems.map(\.message).joined(separator: "; "))"
  }
}

/// A context of a message that is `msg`.
func messageContext(_ message: Value) -> EvaluationContext {
  var context = EvaluationContext(messageVariables)
  context.values = [message, .string("é"), .int(3)]
  return context
}

/// A context of a window whose key is "ACME".
func windowContext() -> EvaluationContext {
  var context = EvaluationContext(windowVariables)
  context.values = [.string("ACME"), .timestamp(.epoch)]
  return context
}

/// Messages with prices.
func prices(_ prices: Value...) -> [Value] { prices.map { .object(Message(fields: ["price": $0])) } }
