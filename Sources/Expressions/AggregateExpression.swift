/// An expression over many messages, such as `max(msg.price) - min(msg.price)`: the arguments of its aggregates are
/// evaluated for each message, what stands around them once for all.
package struct AggregateExpression: Sendable {
  package let text: String
  /// The type of its value as far as it is known.
  package let type: StaticType
  /// Every use of a variable of a message, in the order of the text.
  package let references: [Expression.Reference]
  /// Every use of a variable outside of aggregates, in the order of the text.
  package let resultReferences: [Expression.Reference]
  let plan: AggregatePlan
  private let root: any Operation
  private let localCount: Int

  /// `variables` are read by the arguments of aggregates alone, `results` (such as the window's key and times) by what
  /// stands around them.
  ///
  /// Throws everything that is wrong with the text: syntax first, then names, arguments and types.
  package init(parsing text: String, variables: Variables, results: Variables) throws(ExpressionProblems) {
    let node = try Parser.parse(text)
    var compiler = Compiler(variables: results)
    compiler.aggregates = AggregateCollector(messages: variables, text: text)
    let compiled = try compiler.root(node)
    let collected = compiler.aggregates ?? AggregateCollector(messages: variables, text: text)
    self.text = text
    type = compiled.type
    references = collected.references
    resultReferences = compiler.references
    plan = AggregatePlan(collected)
    root = compiled.operation
    localCount = compiler.mostLocals
  }

  /// The value for the messages of a state, which must be one of this expression; `context` is made for `results`.
  ///
  /// Throws also for a minimum, maximum, average, first or last of no messages, and for a sum that does not fit.
  package func value(of state: AggregateState, _ context: EvaluationContext) throws(EvaluationError) -> Value {
    var frame = Frame(context, localCount: localCount)
    frame.accumulators = state.accumulators
    return try root.evaluate(&frame)
  }
}

/// What the aggregates of one expression know of the messages so far: a value, one for each key of a window.
///
/// It keeps no message: 48 bytes for each aggregate and what `first`, `last`, `min` and `max` hold.
package struct AggregateState: Sendable {
  private let plan: AggregatePlan
  private(set) var accumulators: [Accumulator]

  /// No messages yet.
  package init(_ expression: AggregateExpression) {
    plan = expression.plan
    accumulators = plan.calls.map(\.start)
  }

  /// What a message adds, in a context made for the variables of messages; `add` then cannot fail, so that a message can
  /// be added to several states or to none.
  ///
  /// Throws if an argument has no value for it or one that its aggregate cannot take.
  package func addition(of context: EvaluationContext) throws(EvaluationError) -> Addition {
    let values = try plan.values(context)
    var checked: [Value] = []
    checked.reserveCapacity(accumulators.count)
    for (call, accumulator) in zip(plan.calls, accumulators) {
      checked.append(try call.checked(values, accumulator))
    }
    return Addition(values: checked)
  }

  /// What a message adds to a state; of use only for the state that made it, as it is then.
  package struct Addition: Sendable {
    let values: [Value]
  }

  /// Adds a message.
  package mutating func add(_ addition: Addition) {
    for index in accumulators.indices { accumulators[index].add(addition.values[index]) }
  }

  /// Adds a message, in a context made for the variables of messages.
  ///
  /// Throws if an argument has no value for it or one that its aggregate cannot take; the state is then as before.
  package mutating func add(_ context: EvaluationContext) throws(EvaluationError) {
    add(try addition(of: context))
  }
}
