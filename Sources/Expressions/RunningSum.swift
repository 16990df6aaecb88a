/// A sum whose order does not matter: whole numbers are added exactly, doubles with what rounding takes away (Neumaier).
struct RunningSum: Sendable {
  /// 64 bits more than a message's number has, so it cannot overflow.
  private var whole: Int128 = 0
  private var double = 0.0
  private var lost = 0.0
  private var count = 0
  private var hasInt = false
  private var hasUInt: Bool
  private var hasDouble: Bool

  /// A sum of numbers of a type, which may be known at run time only.
  init(of type: StaticType) {
    hasUInt = type == .uint
    hasDouble = type == .double
  }

  mutating func add(_ number: Value) {
    count += 1
    switch number {
    case .int(let number):
      whole += Int128(number)
      hasInt = true
    case .uint(let number):
      whole += Int128(number)
      hasUInt = true
    case .double(let number):
      add(number)
      hasDouble = true
    default: break
    }
  }

  private mutating func add(_ number: Double) {
    let sum = double + number
    lost += double.magnitude >= number.magnitude ? (double - sum) + number : (number - sum) + double
    double = sum
  }

  /// A double if any number was one, else an int or, if all were, a uint.
  func total() throws(EvaluationError) -> Value {
    if hasDouble { return .double(doubleTotal) }
    if hasUInt, !hasInt {
      guard let sum = UInt64(exactly: whole) else { throw EvaluationError(.overflow("uint")) }
      return .uint(sum)
    }
    guard let sum = Int64(exactly: whole) else { throw EvaluationError(.overflow("int")) }
    return .int(sum)
  }

  /// Nil: there was no number.
  var average: Double? { count == 0 ? nil : doubleTotal / Double(count) }

  private var doubleTotal: Double {
    var all = self
    all.add(Double(whole))
    // What was lost beside an infinity is not a number.
    return all.double.isFinite ? all.double + all.lost : all.double
  }
}
