/// `+ - * / %` and the negation: whole numbers never wrap around.
enum Arithmetic {
  static func apply(
    _ sign: BinaryOperator, _ left: Value, _ right: Value, _ frame: inout Frame
  ) throws(EvaluationError) -> Value {
    switch (left, right) {
    case (.double(let a), .double(let b)): return try double(sign, a, b)
    case (.int(let a), .int(let b)): return .int(try whole(sign, a, b, "int"))
    case (.uint(let a), .uint(let b)): return .uint(try whole(sign, a, b, "uint"))
    // Numbers of messages are ints or doubles as they happen to be written, so they may meet.
    case (.int(let a), .double(let b)): return try double(sign, Double(a), b)
    case (.double(let a), .int(let b)): return try double(sign, a, Double(b))
    case (.uint(let a), .double(let b)): return try double(sign, Double(a), b)
    case (.double(let a), .uint(let b)): return try double(sign, a, Double(b))
    case (.timestamp, _), (.duration, _): return try time(sign, left, right)
    default: return try concatenated(sign, left, right, &frame)
    }
  }

  static func mismatch(_ sign: String, _ left: Value, _ right: Value) -> EvaluationError {
    EvaluationError(.noSuchOverload("\(left.typeName) \(sign) \(right.typeName)"))
  }

  private static func double(_ sign: BinaryOperator, _ a: Double, _ b: Double) throws(EvaluationError) -> Value {
    switch sign {
    case .add: return .double(a + b)
    case .subtract: return .double(a - b)
    case .multiply: return .double(a * b)
    case .divide: return .double(a / b)
    default: throw mismatch(sign.rawValue, .double(a), .double(b))
    }
  }

  private static func whole<Whole: FixedWidthInteger>(
    _ sign: BinaryOperator, _ a: Whole, _ b: Whole, _ type: String
  ) throws(EvaluationError) -> Whole {
    let result: (partialValue: Whole, overflow: Bool)
    switch sign {
    case .add: result = a.addingReportingOverflow(b)
    case .subtract: result = a.subtractingReportingOverflow(b)
    case .multiply: result = a.multipliedReportingOverflow(by: b)
    default:
      guard b != 0 else { throw EvaluationError(.divideByZero) }
      result = sign == .divide ? a.dividedReportingOverflow(by: b) : a.remainderReportingOverflow(dividingBy: b)
    }
    guard !result.overflow else { throw EvaluationError(.overflow(type)) }
    return result.partialValue
  }

  private static func time(_ sign: BinaryOperator, _ left: Value, _ right: Value) throws(EvaluationError) -> Value {
    switch (left, sign, right) {
    case (.timestamp(let a), .add, .duration(let b)): return try moment(a.nanoseconds + b.nanoseconds)
    case (.timestamp(let a), .subtract, .duration(let b)): return try moment(a.nanoseconds - b.nanoseconds)
    case (.duration(let a), .add, .timestamp(let b)): return try moment(a.nanoseconds + b.nanoseconds)
    case (.timestamp(let a), .subtract, .timestamp(let b)): return try span(a.nanoseconds - b.nanoseconds)
    case (.duration(let a), .add, .duration(let b)): return try span(a.nanoseconds + b.nanoseconds)
    case (.duration(let a), .subtract, .duration(let b)): return try span(a.nanoseconds - b.nanoseconds)
    default: throw mismatch(sign.rawValue, left, right)
    }
  }

  private static func moment(_ nanoseconds: Int128) throws(EvaluationError) -> Value {
    guard let timestamp = Timestamp(nanoseconds: nanoseconds) else { throw EvaluationError(.overflow("timestamp")) }
    return .timestamp(timestamp)
  }

  private static func span(_ nanoseconds: Int128) throws(EvaluationError) -> Value {
    guard let span = TimeSpan(nanoseconds: nanoseconds) else { throw EvaluationError(.overflow("duration")) }
    return .duration(span)
  }

  private static func concatenated(
    _ sign: BinaryOperator, _ left: Value, _ right: Value, _ frame: inout Frame
  ) throws(EvaluationError) -> Value {
    guard sign == .add else { throw mismatch(sign.rawValue, left, right) }
    switch (left, right) {
    case (.string(let a), .string(let b)):
      try frame.charge(bytes: a.utf8.count + b.utf8.count)
      return .string(a + b)
    case (.bytes(let a), .bytes(let b)):
      try frame.charge(bytes: a.count + b.count)
      return .bytes(a + b)
    case (.list, .list), (.list, .array), (.array, .list), (.array, .array):
      let counts = (left.elementCount ?? 0, right.elementCount ?? 0)
      try frame.charge(counts.0 + counts.1)
      return .list((0..<counts.0).compactMap(left.element) + (0..<counts.1).compactMap(right.element))
    default: throw mismatch(sign.rawValue, left, right)
    }
  }

  static func negated(_ value: Value) throws(EvaluationError) -> Value {
    switch value {
    case .double(let number): return .double(-number)
    case .int(let number):
      guard number != .min else { throw EvaluationError(.overflow("int")) }
      return .int(-number)
    default: throw EvaluationError(.noSuchOverload("-\(value.typeName)"))
    }
  }
}
