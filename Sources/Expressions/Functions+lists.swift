extension FunctionRegistry {
  static let lists: [Function] = [
    Function(
      "join", receiver: true, "The texts of a list as one, with a separator between them.",
      example: ("[\"a\", \"b\"].join(\"-\")", "\"a-b\""),
      [
        Overload { (list: ListValue, frame: inout Frame) throws(EvaluationError) -> String in
          try joined(list, "", &frame)
        },
        Overload { (list: ListValue, separator: String, frame: inout Frame) throws(EvaluationError) -> String in
          try joined(list, separator, &frame)
        },
      ])
  ]

  static let math: [Function] = [
    Function(
      "math.greatest", "The greatest of numbers, or of the numbers of a list.",
      example: ("math.greatest(1, 7, 3)", "7"), [extreme(.greater)]),
    Function(
      "math.least", "The least of numbers, or of the numbers of a list.",
      example: ("math.least([2.5, 1.5])", "1.5"), [extreme(.less)]),
    Function(
      "math.ceil", "The next whole number up.", example: ("math.ceil(1.2)", "2.0"),
      [Overload { (number: Double) in number.rounded(.up) }]),
    Function(
      "math.floor", "The next whole number down.", example: ("math.floor(1.8)", "1.0"),
      [Overload { (number: Double) in number.rounded(.down) }]),
    Function(
      "math.round", "The nearest whole number, halves away from zero.", example: ("math.round(2.5)", "3.0"),
      [Overload { (number: Double) in number.rounded(.toNearestOrAwayFromZero) }]),
    Function(
      "math.trunc", "The number without its fraction.", example: ("math.trunc(-1.8)", "-1.0"),
      [Overload { (number: Double) in number.rounded(.towardZero) }]),
    Function(
      "math.abs", "The number without its sign.", example: ("math.abs(-3)", "3"),
      [
        Overload { (number: Double) in number.magnitude },
        Overload { (number: Int64) throws(EvaluationError) -> Int64 in
          guard number != .min else { throw EvaluationError(.overflow("int")) }
          return abs(number)
        },
        Overload { (number: UInt64) in number },
      ]),
    Function(
      "math.sign", "-1, 0 or 1.", example: ("math.sign(-2.5)", "-1.0"),
      [
        Overload { (number: Double) in number > 0 ? 1 : number < 0 ? -1 : number },
        Overload { (number: Int64) in number.signum() },
        Overload { (number: UInt64) in number.signum() },
      ]),
    Function(
      "math.isNaN", "Whether a double is not a number.", example: ("math.isNaN(0.0 / 0.0)", "true"),
      [Overload { (number: Double) in number.isNaN }]),
    Function(
      "math.isInf", "Whether a double is infinite.", example: ("math.isInf(1.0 / 0.0)", "true"),
      [Overload { (number: Double) in number.isInfinite }]),
    Function(
      "math.isFinite", "Whether a double is a number and finite.", example: ("math.isFinite(1.5)", "true"),
      [Overload { (number: Double) in number.isFinite }]),
  ]

  static let optionals: [Function] = [
    Function(
      "optional.of", "An optional with a value.", example: ("optional.of(1).value()", "1"),
      [Overload { (value: Value) in OptionalValue(value) }]),
    Function(
      "optional.none", "An optional without one.", example: ("optional.none().hasValue()", "false"),
      [Overload(none: { .optional(nil) }, result: .optional(.dyn))]),
    Function(
      "optional.ofNonZeroValue", "An optional with a value that is not empty, 0, false or null.",
      example: ("optional.ofNonZeroValue(\"\").hasValue()", "false"),
      [Overload { (value: Value) in OptionalValue(value.isZero ? nil : value) }]),
    Function(
      "hasValue", receiver: true, "Whether an optional has a value.", example: ("{\"a\": 1}.?a.hasValue()", "true"),
      [Overload { (optional: OptionalValue) in optional.wrapped != nil }]),
    Function(
      "value", receiver: true, "The value of an optional; an error if it has none.",
      example: ("{\"a\": 1}.?a.value()", "1"),
      [
        Overload { (optional: OptionalValue) throws(EvaluationError) -> Value in
          guard let value = optional.wrapped else { throw EvaluationError(.noValue) }
          return value
        }
      ]),
    Function(
      "orValue", receiver: true, "The value of an optional, or another one.",
      example: ("{\"a\": 1}.?b.orValue(2)", "2"),
      [Overload { (optional: OptionalValue, other: Value) in optional.wrapped ?? other }]),
    Function(
      "or", receiver: true, "An optional, or another one if it has no value.",
      example: ("optional.none().or(optional.of(2)).value()", "2"),
      [Overload { (optional: OptionalValue, other: OptionalValue) in optional.wrapped == nil ? other : optional }]),
  ]

  private static func joined(
    _ list: ListValue, _ separator: String, _ frame: inout Frame
  ) throws(EvaluationError) -> String {
    var out = ""
    for index in 0..<list.count {
      guard case .string(let text)? = list.value.element(index) else {
        throw EvaluationError(.noSuchOverload("join of a list with other values than strings"))
      }
      try frame.charge(1 + (separator.utf8.count + text.utf8.count) / 100)
      if index > 0 { out += separator }
      out += text
    }
    return out
  }

  private static func extreme(_ wanted: Order) -> Overload {
    Overload(variadic: .dyn, result: .dyn) { (arguments, frame) throws(EvaluationError) in
      var values = arguments
      if arguments.count == 1, let list = ListValue(arguments[0]) {
        try frame.charge(list.count)
        values = (0..<list.count).compactMap(list.value.element)
      }
      guard var best = values.first else { throw EvaluationError(.badArgument("an empty list has no extremes")) }
      for value in values {
        guard value.isNumber else { return nil }
        if Value.order(value, best) == wanted { best = value }
      }
      return best
    }
  }
}

extension Value {
  var isNumber: Bool {
    switch self {
    case .int, .uint, .double: true
    default: false
    }
  }

  /// Whether it is what a field is that was never set.
  var isZero: Bool {
    switch self {
    case .null: true
    case .bool(let flag): !flag
    case .int(let number): number == 0
    case .uint(let number): number == 0
    case .double(let number): number == 0
    case .string(let text): text.isEmpty
    case .bytes(let bytes): bytes.isEmpty
    case .list, .array, .map, .object: elementCount == 0
    case .duration(let span): span.nanoseconds == 0
    case .timestamp(let timestamp): timestamp.nanoseconds == 0
    case .optional(let value): value == nil
    case .type: false
    }
  }
}
