/// What the macros share: the range, the variable's place, and what a round costs.
struct Rounds: Sendable {
  let range: any Operation
  let local: Int
  /// Steps a round costs: one, and one more for every ten parts of its body.
  let cost: Int
  let span: SourceSpan

  /// Calls `body` with each element of a list or key of a map in the variable, until it returns false.
  func each(
    _ frame: inout Frame, _ body: (inout Frame) throws(EvaluationError) -> Bool
  ) throws(EvaluationError) {
    let range = try range.evaluate(&frame)
    let keys: [Value]?
    switch range {
    case .list, .array: keys = nil
    case .map, .object: keys = range.keys
    default: throw EvaluationError(.noSuchOverload("a macro over \(range.typeName)"), at: span)
    }
    let count = keys?.count ?? range.elementCount ?? 0
    for index in 0..<count {
      try frame.charge(cost)
      guard let element = keys?[index] ?? range.element(index) else { continue }
      frame.locals[local] = element
      guard try body(&frame) else { return }
    }
  }

  func truth(_ operation: any Operation, _ frame: inout Frame) throws(EvaluationError) -> Bool {
    let value = try operation.evaluate(&frame)
    guard case .bool(let flag) = value else {
      throw EvaluationError(.noSuchOverload("\(value.typeName) as a condition"), at: span)
    }
    return flag
  }
}

/// `all` and `exists`: an element that decides does so, even if the condition fails for others.
struct QuantifierOperation: Operation {
  let rounds: Rounds
  let condition: any Operation
  /// False of `all`, true of `exists`.
  let deciding: Bool

  func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
    var decided = false
    var failure: EvaluationError?
    try rounds.each(&frame) { (frame) throws(EvaluationError) in
      do throws(EvaluationError) {
        decided = try rounds.truth(condition, &frame) == deciding
      } catch {
        if error.reason == .costLimit { throw error }
        failure = failure ?? error
      }
      return !decided
    }
    if decided { return .bool(deciding) }
    if let failure { throw failure }
    return .bool(!deciding)
  }
}

/// `exists_one`: a failure is one of the whole.
struct ExistsOneOperation: Operation {
  let rounds: Rounds
  let condition: any Operation

  func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
    var count = 0
    try rounds.each(&frame) { (frame) throws(EvaluationError) in
      if try rounds.truth(condition, &frame) { count += 1 }
      return true
    }
    return .bool(count == 1)
  }
}

/// `map` and `filter`
struct TransformOperation: Operation {
  let rounds: Rounds
  let condition: (any Operation)?
  /// Nil: the element itself.
  let result: (any Operation)?

  func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
    var out: [Value] = []
    try rounds.each(&frame) { (frame) throws(EvaluationError) in
      let element = frame.locals[rounds.local]
      if let condition, try !rounds.truth(condition, &frame) { return true }
      out.append(try result?.evaluate(&frame) ?? element)
      return true
    }
    return .list(out)
  }
}
