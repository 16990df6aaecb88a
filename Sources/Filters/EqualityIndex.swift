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

  /// Of the first filter that is a `where` with such an equation among the conditions that must all hold; `nil`: there is
  /// none, or a filter counts the messages that the index would not let through.
  package init?(_ steps: [FilterStep]) {
    let references = steps.flatMap { $0.spec.uses.flatMap(\.references) }
    guard !references.contains(where: { $0.slot == FilterVariable.seq.rawValue }),
      let condition = (steps.first?.spec as? WhereSpec)?.condition.expression.shape
    else { return nil }
    for conjunct in condition.conjuncts {
      guard case .equal(let left, let right) = conjunct else { continue }
      if let found = Self(left, right) ?? Self(right, left) {
        self = found
        isExact = conjunct == condition
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

  private init?(_ field: ExpressionShape, _ parameter: ExpressionShape) {
    guard case .path(FilterVariable.msg.rawValue, let names) = field, !names.isEmpty,
      case .path(let slot, let parameters) = parameter, let name = parameters.first, parameters.count == 1
    else { return nil }
    switch FilterVariable(rawValue: slot) {
    case .params: self.parameter = .path(name)
    case .query: self.parameter = .query(name)
    default: return nil
    }
    self.field = JSONPath(names: names)
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

extension ExpressionShape {
  /// What must all be true for the whole to be.
  var conjuncts: [ExpressionShape] {
    guard case .and(let left, let right) = self else { return [self] }
    return left.conjuncts + right.conjuncts
  }
}
