/// A call of a function: the first overload that takes the values.
struct CallOperation: Operation {
  let name: String
  let overloads: [Overload]
  let arguments: [any Operation]
  let span: SourceSpan

  func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
    var values: [Value] = []
    values.reserveCapacity(arguments.count)
    for argument in arguments {
      let value = try argument.evaluate(&frame)
      try frame.charge(bytes: value.byteCount)
      values.append(value)
    }
    do throws(EvaluationError) {
      for overload in overloads {
        guard let result = try overload.call(values, &frame) else { continue }
        try frame.charge(bytes: result.byteCount)
        return result
      }
    } catch {
      throw error.at(span)
    }
    let types = values.map(\.typeName).joined(separator: ", ")
    throw EvaluationError(.noSuchOverload("\(name)(\(types))"), at: span)
  }
}

/// `matches` with a pattern that is compiled already.
struct MatchOperation: Operation {
  let text: any Operation
  let expression: RegularExpression
  let span: SourceSpan

  func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
    let value = try text.evaluate(&frame)
    guard case .string(let text) = value else {
      throw EvaluationError(.noSuchOverload("matches(\(value.typeName), string)"), at: span)
    }
    return .bool(try expression.matches(text, &frame))
  }
}

extension Value {
  /// Of a text or bytes; 0 for all else.
  var byteCount: Int {
    switch self {
    case .string(let text): text.utf8.count
    case .bytes(let bytes): bytes.count
    default: 0
    }
  }
}
