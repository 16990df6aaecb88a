struct ConstantOperation: Operation {
  let value: Value

  func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value { value }
}

/// A variable of the context.
struct VariableOperation: Operation {
  let slot: Int
  let name: String

  func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
    guard slot < frame.variables.count else { throw EvaluationError(.noSuchField(name)) }
    return frame.variables[slot]
  }
}

/// A variable of a macro.
struct LocalOperation: Operation {
  let index: Int

  func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value { frame.locals[index] }
}

struct NowOperation: Operation {
  func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value { .timestamp(frame.now) }
}

/// `[a, ?b]`
struct ListOperation: Operation {
  let items: [(value: any Operation, optional: Bool)]
  let span: SourceSpan

  func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
    var elements: [Value] = []
    elements.reserveCapacity(items.count)
    for item in items {
      let value = try item.value.evaluate(&frame)
      guard item.optional else {
        elements.append(value)
        continue
      }
      guard case .optional(let inner) = value else {
        throw EvaluationError(.noSuchOverload("?\(value.typeName)"), at: span)
      }
      if let inner { elements.append(inner) }
    }
    return .list(elements)
  }
}

/// `{a: b, ?c: d}`
struct MapOperation: Operation {
  let items: [(key: any Operation, value: any Operation, optional: Bool)]
  let span: SourceSpan

  func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
    var map = ValueMap()
    for item in items {
      let key = try item.key.evaluate(&frame)
      var value = try item.value.evaluate(&frame)
      if item.optional {
        guard case .optional(let inner) = value else {
          throw EvaluationError(.noSuchOverload("?\(value.typeName)"), at: span)
        }
        guard let inner else { continue }
        value = inner
      }
      guard ValueMap.canBeKey(key) else {
        throw EvaluationError(.noSuchOverload("a key of type \(key.typeName)"), at: span)
      }
      guard map.insert(key, value) else { throw EvaluationError(.repeatedKey, at: span) }
    }
    return .map(map)
  }
}
