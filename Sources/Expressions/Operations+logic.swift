/// `a && b` and `a || b`: whichever side decides does so, even if the other one fails.
struct LogicOperation: Operation {
  let left: any Operation
  let right: any Operation
  /// The value that decides: false of `&&`, true of `||`.
  let deciding: Bool
  let span: SourceSpan

  func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
    do throws(EvaluationError) {
      if try truth(left, &frame) == deciding { return .bool(deciding) }
    } catch {
      if error.reason == .costLimit { throw error }
      return try evaluate(behind: error, &frame)
    }
    return .bool(try truth(right, &frame))
  }

  /// The left side failed: the right one decides, or the failure stands.
  private func evaluate(behind failure: EvaluationError, _ frame: inout Frame) throws(EvaluationError) -> Value {
    do throws(EvaluationError) {
      if try truth(right, &frame) == deciding { return .bool(deciding) }
    } catch {
      if error.reason == .costLimit { throw error }
    }
    throw failure
  }

  private func truth(_ side: any Operation, _ frame: inout Frame) throws(EvaluationError) -> Bool {
    let value = try side.evaluate(&frame)
    guard case .bool(let flag) = value else {
      throw EvaluationError(.noSuchOverload("\(value.typeName) \(deciding ? "||" : "&&") bool"), at: span)
    }
    return flag
  }
}

struct NotOperation: Operation {
  let operand: any Operation
  let span: SourceSpan

  func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
    let value = try operand.evaluate(&frame)
    guard case .bool(let flag) = value else {
      throw EvaluationError(.noSuchOverload("!\(value.typeName)"), at: span)
    }
    return .bool(!flag)
  }
}

struct ConditionalOperation: Operation {
  let condition: any Operation
  let yes: any Operation
  let no: any Operation
  let span: SourceSpan

  func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
    let value = try condition.evaluate(&frame)
    guard case .bool(let flag) = value else {
      throw EvaluationError(.noSuchOverload("\(value.typeName) ? :"), at: span)
    }
    return flag ? try yes.evaluate(&frame) : try no.evaluate(&frame)
  }
}
