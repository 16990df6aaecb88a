/// `+ - * / %`
struct ArithmeticOperation: Operation {
  let sign: BinaryOperator
  let left: any Operation
  let right: any Operation
  let span: SourceSpan

  func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
    let left = try left.evaluate(&frame)
    let right = try right.evaluate(&frame)
    do throws(EvaluationError) {
      return try Arithmetic.apply(sign, left, right, &frame)
    } catch {
      throw error.at(span)
    }
  }
}

struct NegateOperation: Operation {
  let operand: any Operation
  let span: SourceSpan

  func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
    let value = try operand.evaluate(&frame)
    do throws(EvaluationError) {
      return try Arithmetic.negated(value)
    } catch {
      throw error.at(span)
    }
  }
}

/// `< <= > >=`; a comparison with NaN is false.
struct OrderOperation: Operation {
  let sign: BinaryOperator
  let left: any Operation
  let right: any Operation
  let span: SourceSpan

  func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
    let left = try left.evaluate(&frame)
    let right = try right.evaluate(&frame)
    if case .string(let a) = left, case .string(let b) = right {
      try frame.charge(bytes: min(a.utf8.count, b.utf8.count))
    }
    guard let order = Value.order(left, right) else {
      guard Value.isOrdered(left, right) else { throw Arithmetic.mismatch(sign.rawValue, left, right).at(span) }
      return .bool(false)
    }
    switch sign {
    case .less: return .bool(order == .less)
    case .lessOrEqual: return .bool(order != .greater)
    case .greater: return .bool(order == .greater)
    default: return .bool(order != .less)
    }
  }
}

/// `==` and `!=`
struct EqualOperation: Operation {
  let left: any Operation
  let right: any Operation
  let negated: Bool

  func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
    let left = try left.evaluate(&frame)
    let right = try right.evaluate(&frame)
    return .bool(try Value.equal(left, right, &frame) != negated)
  }
}

/// `a in list` and `key in map`
struct ElementOperation: Operation {
  let element: any Operation
  let range: any Operation
  let span: SourceSpan

  func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
    let element = try element.evaluate(&frame)
    let range = try range.evaluate(&frame)
    switch range {
    case .list(let elements):
      for candidate in elements where try Value.equal(element, candidate, &frame) { return .bool(true) }
      try frame.charge(elements.count / 10)
      return .bool(false)
    case .array(let elements):
      for index in 0..<elements.count {
        try frame.charge(1)
        if let candidate = elements.element(index), try Value.equal(element, candidate, &frame) { return .bool(true) }
      }
      return .bool(false)
    case .map, .object:
      return .bool(element.isKeyLike && range.entry(element) != nil)
    default: throw Arithmetic.mismatch("in", element, range).at(span)
    }
  }
}
