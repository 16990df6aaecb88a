/// An expression, parsed, checked and ready to be evaluated any number of times, by any number of threads.
package struct Expression: Sendable {
  package let text: String
  /// The type of its value as far as it is known.
  package let type: StaticType
  /// Every use of a variable, in the order of the text; variables of macros are none.
  package let references: [Reference]
  /// What it does as far as that can be told without evaluating it.
  package let shape: ExpressionShape
  private let root: any Operation
  private let localCount: Int

  /// A use of a variable.
  package struct Reference: Sendable, Equatable {
    package let slot: Int
    /// The field that is read of it: "symbol" of `params.symbol`, `params["symbol"]`, `has(params.symbol)` and
    /// `params.?symbol`; nil: the whole of it, or a field that is known only at run time.
    package let field: String?
    /// The variable with its field.
    package let span: SourceSpan
  }

  /// The slots of the variables it reads.
  package var slots: Set<Int> { Set(references.map(\.slot)) }

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
    references = compiler.references
    shape = ExpressionShape(node, variables)
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
