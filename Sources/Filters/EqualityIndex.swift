import Expressions
import JSONText
import Streams

/// Finds out of a message for which values of a parameter a condition such as `msg.symbol == params.symbol` can be true,
/// so that a message costs the same however many values there are.
package struct EqualityIndex: Sendable {
  /// A parameter of the path or of the query.
  enum Parameter: Equatable, Sendable {
    case path(String)
    case query(String)
  }

  /// Where the message has the value.
  let field: JSONPath
  let parameter: Parameter
  /// The condition says nothing else: whatever the index finds has passed it.
  private(set) var isExact = false
  /// The whole condition.
  private let condition: FilterExpression

  /// Of the first filter that is a `where` with such an equation among the conditions that must all hold; `nil`: there is
  /// none, or a filter counts the messages that the index would not let through, or those that the condition cannot deal
  /// with are to pass, which would find no stream.
  ///
  /// - Parameter onError: where the filter does not say.
  package init?(_ steps: [FilterStep], onError: ErrorPolicy) {
    if (steps.first?.onError ?? onError) == .pass { return nil }
    let references = steps.flatMap { $0.spec.uses.flatMap(\.references) }
    guard !references.contains(where: { $0.slot == FilterVariable.seq.rawValue }),
      let condition = (steps.first?.spec as? WhereSpec)?.condition
    else { return nil }
    let shape = condition.expression.shape
    for conjunct in shape.conjuncts {
      guard case .equal(let left, let right) = conjunct else { continue }
      if let found = Self(left, right, condition) ?? Self(right, left, condition) {
        self = found
        isExact = conjunct == shape
        return
      }
    }
    return nil
  }

  /// The equation: `msg.symbol == params.symbol`.
  package var text: String {
    switch parameter {
    case .path(let name): "msg.\(field) == params.\(name)"
    case .query(let name): "msg.\(field) == query.\(name)"
    }
  }

  private init?(_ field: ExpressionShape, _ parameter: ExpressionShape, _ condition: FilterExpression) {
    guard case .path(FilterVariable.msg.rawValue, let names) = field, !names.isEmpty,
      case .path(let slot, let parameters) = parameter, let name = parameters.first, parameters.count == 1
    else { return nil }
    switch FilterVariable(rawValue: slot) {
    case .params: self.parameter = .path(name)
    case .query: self.parameter = .query(name)
    default: return nil
    }
    self.field = JSONPath(names: names)
    self.condition = condition
  }

  /// The value that a stream's messages have.
  func value(of parameters: FilterParameters) -> ExactText? {
    switch parameter {
    case .path(let name): parameters.path[name]
    case .query(let name): parameters.query[name]
    }
  }

  /// The value that a message has; `nil`: one that no parameter is equal to, as it is no string.
  ///
  /// - Throws: `FilterFailure` when the message has no such field or is no JSON, as the condition would.
  func value(of message: inout Message) throws(FilterFailure) -> ExactText? {
    try message.read { (tape, text) throws(FilterFailure) in
      guard let node = tape.node(at: field, in: text) else { throw FilterFailure("no such field: \(field)") }
      return tape.kind(of: node) == .string ? ExactText(tape.string(of: node, in: text)) : nil
    }
  }
}

extension EqualityIndex {
  /// Whether the condition is false for a message that has no value, whatever requests say: then that is no failure.
  func isFalse(for message: inout Message) -> Bool {
    guard !isExact else { return false }
    var run = Run(moment: .now(), context: FilterParameters.none.context())
    run.context.now = run.moment.timestamp
    guard case .bool(false)? = try? condition.value(&message, &run) else { return false }
    return true
  }
}

extension ExpressionShape {
  /// What must all be true for the whole to be.
  var conjuncts: [ExpressionShape] {
    guard case .and(let left, let right) = self else { return [self] }
    return left.conjuncts + right.conjuncts
  }
}
