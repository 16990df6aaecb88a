/// What is done with each message for the aggregates of an expression; shared by the states of all keys.
final class AggregatePlan: Sendable {
  /// One call of an aggregate; identical calls are one.
  struct Call: Sendable {
    let aggregate: Aggregate
    /// Which argument it takes; nil: none.
    let argument: Int?
    let start: Accumulator
    let span: SourceSpan

    /// What is to be added for a message, if its accumulator can take it.
    func checked(_ values: [Value], _ accumulator: Accumulator) throws(EvaluationError) -> Value {
      guard let argument else { return .null }
      let value = values[argument]
      guard aggregate.takes(value.staticType) else {
        throw EvaluationError(.noSuchOverload("\(aggregate.name)(\(value.typeName))"), at: span)
      }
      do throws(EvaluationError) {
        return try accumulator.checked(value)
      } catch {
        throw error.at(span)
      }
    }
  }

  let calls: [Call]
  private let arguments: [any Operation]
  private let localCount: Int

  init(_ collected: AggregateCollector) {
    calls = collected.calls
    arguments = collected.arguments.map(\.operation)
    localCount = collected.mostLocals
  }

  /// The values of the arguments for a message.
  func values(_ context: EvaluationContext) throws(EvaluationError) -> [Value] {
    var frame = Frame(context, localCount: localCount)
    var values: [Value] = []
    values.reserveCapacity(arguments.count)
    for argument in arguments { values.append(try argument.evaluate(&frame)) }
    return values
  }
}

/// The aggregates met while an expression is compiled.
struct AggregateCollector {
  /// The variables their arguments read.
  let messages: Variables
  private let text: [Unicode.Scalar]
  private(set) var calls: [AggregatePlan.Call] = []
  private(set) var arguments: [(text: ArraySlice<Unicode.Scalar>, operation: any Operation)] = []
  var references: [Expression.Reference] = []
  var mostLocals = 0

  init(messages: Variables, text: String) {
    self.messages = messages
    self.text = Array(text.unicodeScalars)
  }

  /// The place of a call among the accumulators; one that is there already is shared.
  mutating func index(
    of aggregate: Aggregate, argument: (node: Node, compiled: Compiler.Compiled)?, span: SourceSpan
  ) -> Int {
    let argumentIndex = argument.map { index(of: $0.compiled.operation, at: $0.node.span) }
    if let known = calls.firstIndex(where: { $0.aggregate.name == aggregate.name && $0.argument == argumentIndex }) {
      return known
    }
    let start = aggregate.start(argument?.compiled.type ?? .dyn)
    calls.append(AggregatePlan.Call(aggregate: aggregate, argument: argumentIndex, start: start, span: span))
    return calls.count - 1
  }

  /// Arguments that read the same are the same, since all stand in one scope.
  private mutating func index(of operation: any Operation, at span: SourceSpan) -> Int {
    let written = text[span.offset..<span.offset + span.length]
    if let known = arguments.firstIndex(where: { $0.text.elementsEqual(written) }) { return known }
    arguments.append((written, operation))
    return arguments.count - 1
  }
}

/// A call of an aggregate, as a part of the expression around it.
struct AggregateOperation: Operation {
  let index: Int
  let name: String
  let span: SourceSpan

  func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
    do throws(EvaluationError) {
      guard let value = try frame.accumulators[index].value() else {
        throw EvaluationError(.badArgument("\(name) of no messages"))
      }
      return value
    } catch {
      throw error.at(span)
    }
  }
}
