/// An expression, parsed, checked and ready to be evaluated any number of times, by any number of threads.
package struct Expression: Sendable {
  package let text: String
  /// The type of its value as far as it is known.
  package let type: StaticType
  /// The slots of the variables it reads.
  package let slots: Set<Int>
  private let root: any Operation
  private let localCount: Int

  /// Throws everything that is wrong with the text: syntax first, then names, arguments and types.
  package init(parsing text: String, variables: Variables) throws(ExpressionProblems) {
    let node = try Parser.parse(text)
    var compiler = Compiler(variables: variables)
    let compiled = compiler.compile(node)
    guard compiler.problems.isEmpty else {
      throw ExpressionProblems(problems: compiler.problems.sorted { $0.span.offset < $1.span.offset })
    }
    self.text = text
    type = compiled.type
    root = compiled.operation
    slots = compiler.slots
    localCount = compiler.mostLocals
  }

  /// The value in a context made for the same variables; for values that must be read to their ends, such as long
  /// texts, it takes time in proportion to the budget at most.
  package func evaluate(_ context: EvaluationContext) throws(EvaluationError) -> Value {
    let locals: [Value] = localCount == 0 ? [] : Array(repeating: .null, count: localCount)
    var frame = Frame(variables: context.values, now: context.now, locals: locals, budget: context.budget)
    return try root.evaluate(&frame)
  }
}
