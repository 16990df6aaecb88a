/// What an expression does, as far as a caller can make use of it without evaluating: copy a field as it is written, or
/// find `msg.symbol == params.symbol` among the conditions that must all be true.
package indirect enum ExpressionShape: Sendable, Equatable {
  /// A variable, or a field of a field of it: `msg.user.name`, `msg["user"].name`. An expression of this shape has no
  /// value if a field is missing.
  case path(slot: Int, fields: [String])
  case constant(Literal)
  case equal(ExpressionShape, ExpressionShape)
  case compare(Comparison, ExpressionShape, ExpressionShape)
  /// Both sides must be true; `a && b && c` is `(a && b) && c`.
  case and(ExpressionShape, ExpressionShape)
  case other

  /// The operators of order, and the one for what is not equal.
  package enum Comparison: Sendable {
    case less
    case lessOrEqual
    case greater
    case greaterOrEqual
    case notEqual
  }

  /// The literals a shape tells.
  package enum Literal: Sendable, Equatable {
    case string(String)
    case int(Int64)
    case double(Double)
    case bool(Bool)
  }

  /// The shape of a tree without mistakes.
  init(_ node: Node, _ variables: Variables) {
    switch node.syntax {
    case .literal(let value): self = Literal(value).map { .constant($0) } ?? .other
    case .binary(.equal, let left, let right): self = .equal(Self(left, variables), Self(right, variables))
    case .binary(let sign, let left, let right) where Comparison(sign) != nil:
      self = Comparison(sign).map { .compare($0, Self(left, variables), Self(right, variables)) } ?? .other
    case .binary(.and, let left, let right): self = .and(Self(left, variables), Self(right, variables))
    case .identifier(let name, _):
      self =
        variables.slot(of: name).flatMap { slot in
          if case .optional = variables.type(at: slot) { return nil }
          return .path(slot: slot, fields: [])
        } ?? .other
    case .select(let operand, let field, _, optional: false): self = Self(operand, variables).field(field)
    case .index(let operand, let key, optional: false):
      guard case .literal(.string(let field)) = key.syntax else {
        self = .other
        return
      }
      self = Self(operand, variables).field(field)
    default: self = .other
    }
  }

  private func field(_ name: String) -> ExpressionShape {
    guard case .path(let slot, let fields) = self else { return .other }
    return .path(slot: slot, fields: fields + [name])
  }
}

extension ExpressionShape.Comparison {
  fileprivate init?(_ sign: BinaryOperator) {
    switch sign {
    case .less: self = .less
    case .lessOrEqual: self = .lessOrEqual
    case .greater: self = .greater
    case .greaterOrEqual: self = .greaterOrEqual
    case .notEqual: self = .notEqual
    default: return nil
    }
  }
}

extension ExpressionShape.Literal {
  /// Nil: a literal of another type.
  fileprivate init?(_ value: Value) {
    switch value {
    case .string(let text): self = .string(text)
    case .int(let number): self = .int(number)
    case .double(let number): self = .double(number)
    case .bool(let flag): self = .bool(flag)
    default: return nil
    }
  }
}
