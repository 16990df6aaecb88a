import Expressions

/// The value of an expression as text, or what is wrong.
func evaluated(
  _ text: String, _ variables: [(String, StaticType, Value)] = [], budget: Int = EvaluationContext.defaultBudget
) -> String {
  var table: Variables = [:]
  for (name, type, _) in variables { table.add(name, type) }
  do throws(ExpressionProblems) {
    let expression = try Expression(parsing: text, variables: table)
    var context = EvaluationContext(table, budget: budget)
    context.values = variables.map(\.2)
    do throws(EvaluationError) {
      return try expression.evaluate(context).description
    } catch {
      return "error: \(error.message)"
    }
  } catch {
    return "problem: \(error.problems.map(\.message).joined(separator: "; "))"
  }
}

/// A message of a stream.
struct Message: ExpressionObject {
  var fields: [String: Value]

  func member(_ name: String) -> Value? { fields[name] }
  var count: Int { fields.count }
  var names: [String] { fields.keys.sorted() }
}

struct Elements: ExpressionArray {
  var elements: [Value]

  var count: Int { elements.count }
  func element(_ index: Int) -> Value? { elements[index] }
}
