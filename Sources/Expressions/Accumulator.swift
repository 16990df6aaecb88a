/// What one aggregate knows of the messages so far.
enum Accumulator: Sendable {
  case count(Int64)
  case sum(RunningSum)
  case average(RunningSum)
  case least(Value?)
  case greatest(Value?)
  case first(Value?)
  case last(Value?)

  /// What is to be added of a value that is of a type the aggregate takes; nothing is changed yet, and adding it will
  /// not fail.
  func checked(_ value: Value) throws(EvaluationError) -> Value {
    switch self {
    case .least(let best), .greatest(let best):
      if let best, !Value.isOrdered(best, value) { throw Arithmetic.mismatch("<", value, best) }
      return try value.kept()
    case .last, .first(nil): return try value.kept()
    case .count, .sum, .average, .first: return value
    }
  }

  /// Adds a checked value.
  mutating func add(_ value: Value) {
    switch self {
    case .count(let count):
      if case .bool(false) = value { return }
      self = .count(count + 1)
    case .sum(var sum):
      sum.add(value)
      self = .sum(sum)
    case .average(var sum):
      sum.add(value)
      self = .average(sum)
    case .least(let best): self = .least(Self.better(best, value, .less))
    case .greatest(let best): self = .greatest(Self.better(best, value, .greater))
    case .first(let first): self = .first(first ?? value)
    case .last: self = .last(value)
    }
  }

  /// Of equal ones the earlier; what is not a number (NaN) only if there is nothing else.
  private static func better(_ best: Value?, _ value: Value, _ wanted: Order) -> Value {
    guard let best else { return value }
    let isNumber = Value.order(best, best) != nil
    return !isNumber || Value.order(value, best) == wanted ? value : best
  }

  /// The value for the messages so far; nil: it has none, as there was no message.
  func value() throws(EvaluationError) -> Value? {
    switch self {
    case .count(let count): .int(count)
    case .sum(let sum): try sum.total()
    case .average(let sum): sum.average.map { .double($0) }
    case .least(let value), .greatest(let value), .first(let value), .last(let value): value
    }
  }
}
