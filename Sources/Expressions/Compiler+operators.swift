extension Compiler {
  mutating func unary(_ sign: UnaryOperator, _ operand: Compiled, _ span: SourceSpan) -> Compiled {
    switch (sign, operand.type) {
    case (.not, .bool), (.not, .dyn): return Compiled(NotOperation(operand: operand.operation, span: span), .bool)
    case (.negate, .int), (.negate, .double), (.negate, .dyn):
      return Compiled(NegateOperation(operand: operand.operation, span: span), operand.type)
    default:
      note("\"\(sign.rawValue)\" has no meaning before a value of type \(operand.type.name)", at: span)
      return Self.unknown
    }
  }

  mutating func binary(_ sign: BinaryOperator, _ left: Compiled, _ right: Compiled, _ span: SourceSpan) -> Compiled {
    guard let type = resultType(sign, left.type, right.type) else {
      let hint = left.type.isNumber && right.type.isNumber ? "convert one: int(), uint(), double()" : nil
      note(
        "\"\(sign.rawValue)\" has no meaning between \(left.type.name) and \(right.type.name)", at: span,
        suggestion: hint)
      return Self.unknown
    }
    return Compiled(operation(sign, left.operation, right.operation, span), type)
  }

  private func operation(
    _ sign: BinaryOperator, _ left: any Operation, _ right: any Operation, _ span: SourceSpan
  ) -> any Operation {
    switch sign {
    case .or, .and: LogicOperation(left: left, right: right, deciding: sign == .or, span: span)
    case .less, .lessOrEqual, .greater, .greaterOrEqual:
      OrderOperation(sign: sign, left: left, right: right, span: span)
    case .equal, .notEqual: EqualOperation(left: left, right: right, negated: sign == .notEqual)
    case .element: ElementOperation(element: left, range: right, span: span)
    case .add, .subtract, .multiply, .divide, .remainder:
      ArithmeticOperation(sign: sign, left: left, right: right, span: span)
    }
  }

  /// Nil: the operator cannot have a value for these types.
  private func resultType(_ sign: BinaryOperator, _ left: StaticType, _ right: StaticType) -> StaticType? {
    switch sign {
    case .or, .and: StaticType.bool.accepts(left) && StaticType.bool.accepts(right) ? .bool : nil
    case .equal, .notEqual: left.comparable(with: right) ? .bool : nil
    case .less, .lessOrEqual, .greater, .greaterOrEqual:
      (left.isNumber && right.isNumber) || (left.isOrdered && right.isOrdered && left.accepts(right)) ? .bool : nil
    case .element: elementResult(left, right)
    case .add, .subtract, .multiply, .divide, .remainder: arithmetic(sign, left, right)
    }
  }

  private func elementResult(_ left: StaticType, _ right: StaticType) -> StaticType? {
    switch right {
    case .dyn: .bool
    case .list(let element): element.comparable(with: left) ? .bool : nil
    case .map(let key, _): key.comparable(with: left) ? .bool : nil
    default: nil
    }
  }

  private func arithmetic(_ sign: BinaryOperator, _ left: StaticType, _ right: StaticType) -> StaticType? {
    switch (left, right) {
    case (.dyn, let other), (let other, .dyn): return other.takes(sign) ? .dyn : nil
    case (.timestamp, .duration) where sign == .add || sign == .subtract: return .timestamp
    case (.duration, .timestamp) where sign == .add: return .timestamp
    case (.timestamp, .timestamp) where sign == .subtract: return .duration
    case (.list(let one), .list(let other)) where sign == .add: return .list(one.joined(other))
    case (.timestamp, _): return nil
    default: return left == right && left.takes(sign) ? left : nil
    }
  }
}

extension StaticType {
  fileprivate var isOrdered: Bool {
    switch self {
    case .dyn, .bool, .int, .uint, .double, .string, .bytes, .timestamp, .duration: true
    default: false
    }
  }

  /// Whether an operator of arithmetic can have it on a side.
  fileprivate func takes(_ sign: BinaryOperator) -> Bool {
    switch self {
    case .dyn, .int, .uint: true
    case .double: sign != .remainder
    case .string, .bytes, .list: sign == .add
    case .timestamp, .duration: sign == .add || sign == .subtract
    default: false
    }
  }
}
