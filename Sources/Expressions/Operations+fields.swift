/// `a.b` and `a.?b`; of an optional it is optional again.
struct SelectOperation: Operation {
  let operand: any Operation
  let field: String
  let optional: Bool
  let span: SourceSpan

  func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
    let value = try operand.evaluate(&frame)
    if case .optional(let inner) = value {
      guard let inner else { return value }
      return .optional(try member(of: inner))
    }
    let member = try member(of: value)
    if optional { return .optional(member) }
    guard let member else { throw EvaluationError(.noSuchField(field), at: span) }
    return member
  }

  private func member(of value: Value) throws(EvaluationError) -> Value? {
    switch value {
    case .object(let object): return object.member(field)
    case .map(let map): return map.member(field)
    default: throw EvaluationError(.noSuchOverload("\(value.typeName).\(field)"), at: span)
    }
  }
}

/// `has(a.b)`
struct HasOperation: Operation {
  let operand: any Operation
  let field: String
  let span: SourceSpan

  func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
    var value = try operand.evaluate(&frame)
    while case .optional(let inner) = value {
      guard let inner else { return .bool(false) }
      value = inner
    }
    switch value {
    case .object(let object): return .bool(object.member(field) != nil)
    case .map(let map): return .bool(map.member(field) != nil)
    default: throw EvaluationError(.noSuchOverload("has(\(value.typeName).\(field))"), at: span)
    }
  }
}

/// `a[b]` and `a[?b]`
struct IndexOperation: Operation {
  let operand: any Operation
  let key: any Operation
  let optional: Bool
  let span: SourceSpan

  func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
    let value = try operand.evaluate(&frame)
    let key = try key.evaluate(&frame)
    if case .optional(let inner) = value {
      guard let inner else { return value }
      return .optional(try found(key, in: inner))
    }
    let found = try found(key, in: value)
    if optional { return .optional(found) }
    if let found { return found }
    if value.isList, case .int(let index)? = Self.wholeIndex(key) {
      throw EvaluationError(.indexOutOfRange(index), at: span)
    }
    throw EvaluationError(.noSuchKey(key.description), at: span)
  }

  private func found(_ key: Value, in value: Value) throws(EvaluationError) -> Value? {
    switch value {
    case .map, .object:
      guard key.isKeyLike else { break }
      return value.entry(key)
    case .list, .array:
      guard case .int(let index)? = Self.wholeIndex(key) else { break }
      return Int(exactly: index).flatMap(value.element)
    default: break
    }
    throw EvaluationError(.noSuchOverload("\(value.typeName)[\(key.typeName)]"), at: span)
  }

  /// Numbers of every type index a list if they are whole.
  private static func wholeIndex(_ key: Value) -> Value? {
    switch key {
    case .int: key
    case .uint(let number): .int(Int64(exactly: number) ?? .max)
    case .double(let number): Int64(exactly: number).map { .int($0) }
    default: nil
    }
  }
}

extension Value {
  var isList: Bool {
    switch self {
    case .list, .array: true
    default: false
    }
  }

  /// Whether a map can be asked for it.
  var isKeyLike: Bool {
    switch self {
    case .bool, .int, .uint, .double, .string: true
    default: false
    }
  }
}
