/// How two values stand to each other.
enum Order {
  case less
  case equal
  case greater

  init<Number: Comparable>(_ left: Number, _ right: Number) {
    self = left < right ? .less : left == right ? .equal : .greater
  }

  var reversed: Order {
    switch self {
    case .less: .greater
    case .equal: .equal
    case .greater: .less
    }
  }
}

extension Value {
  /// Numbers of different types compare by their exact values; nil: one is not a number (NaN), or no order is defined.
  static func order(_ left: Value, _ right: Value) -> Order? {
    switch (left, right) {
    case (.int(let a), .int(let b)): Order(a, b)
    case (.double(let a), .double(let b)): order(a, b)
    case (.uint(let a), .uint(let b)): Order(a, b)
    case (.int(let a), .uint(let b)): a < 0 ? .less : Order(UInt64(a), b)
    case (.uint(let a), .int(let b)): b < 0 ? .greater : Order(a, UInt64(b))
    case (.int(let a), .double(let b)): order(a, b)
    case (.double(let a), .int(let b)): order(b, a)?.reversed
    case (.uint(let a), .double(let b)): order(a, b)
    case (.double(let a), .uint(let b)): order(b, a)?.reversed
    case (.string(let a), .string(let b)): a.sameScalars(as: b) ? .equal : a.sortsBefore(b) ? .less : .greater
    case (.bool(let a), .bool(let b)): Order(a ? 1 : 0, b ? 1 : 0)
    case (.bytes(let a), .bytes(let b)): a == b ? .equal : a.lexicographicallyPrecedes(b) ? .less : .greater
    case (.timestamp(let a), .timestamp(let b)): Order(a.nanoseconds, b.nanoseconds)
    case (.duration(let a), .duration(let b)): Order(a.nanoseconds, b.nanoseconds)
    default: nil
    }
  }

  private static func order(_ left: Double, _ right: Double) -> Order? {
    left.isNaN || right.isNaN ? nil : Order(left, right)
  }

  /// Exact: the double is cut to a whole number first, and its fraction decides a tie.
  private static func order<Whole: FixedWidthInteger>(_ left: Whole, _ right: Double) -> Order? {
    guard !right.isNaN else { return nil }
    let cut = right.rounded(.towardZero)
    guard let whole = Whole(exactly: cut) else { return right < 0 ? .greater : .less }
    let order = Order(left, whole)
    return order == .equal ? Order(cut, right) : order
  }

  /// Whether types can be ordered at all, so that NaN can be told from a mistake.
  static func isOrdered(_ left: Value, _ right: Value) -> Bool {
    switch (left, right) {
    case (.int, .int), (.int, .uint), (.int, .double), (.uint, .int), (.uint, .uint), (.uint, .double),
      (.double, .int), (.double, .uint), (.double, .double), (.string, .string), (.bool, .bool), (.bytes, .bytes),
      (.timestamp, .timestamp), (.duration, .duration):
      true
    default: false
    }
  }
}
