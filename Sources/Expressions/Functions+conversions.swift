extension FunctionRegistry {
  static let conversions: [Function] = [
    Function(
      "int", "A whole number of 64 bits; doubles are cut, timestamps become seconds since 1970.",
      example: ("int(2.9)", "2"),
      [
        Overload { (number: Int64) in number },
        Overload { (number: UInt64) throws(EvaluationError) -> Int64 in
          guard let int = Int64(exactly: number) else { throw EvaluationError(.overflow("int")) }
          return int
        },
        Overload { (number: Double) throws(EvaluationError) -> Int64 in
          // The specification leaves out both ends, which doubles cannot tell from what lies behind them.
          guard number > -0x1p63, number < 0x1p63 else { throw EvaluationError(.overflow("int")) }
          return Int64(number)
        },
        Overload { (text: String) throws(EvaluationError) -> Int64 in
          guard let int = Int64(text), text.utf8.first != 0x2B else { throw failed(text, "int") }
          return int
        },
        Overload { (timestamp: Timestamp) in timestamp.seconds },
      ]),
    Function(
      "uint", "A whole number of 64 bits from 0 on.", example: ("uint(\"7\")", "7u"),
      [
        Overload { (number: UInt64) in number },
        Overload { (number: Int64) throws(EvaluationError) -> UInt64 in
          guard let uint = UInt64(exactly: number) else { throw EvaluationError(.overflow("uint")) }
          return uint
        },
        Overload { (number: Double) throws(EvaluationError) -> UInt64 in
          guard number >= 0, number < 0x1p64 else { throw EvaluationError(.overflow("uint")) }
          return UInt64(number)
        },
        Overload { (text: String) throws(EvaluationError) -> UInt64 in
          guard let uint = UInt64(text), text.utf8.first != 0x2B else { throw failed(text, "uint") }
          return uint
        },
      ]),
    Function(
      "double", "A number of double precision.", example: ("double(3)", "3.0"),
      [
        Overload { (number: Double) in number },
        Overload { (number: Int64) in Double(number) },
        Overload { (number: UInt64) in Double(number) },
        Overload { (text: String) throws(EvaluationError) -> Double in
          let hexadecimal = text.utf8.contains { $0 == 0x78 || $0 == 0x58 }
          guard !hexadecimal, let number = Double(text) else { throw failed(text, "double") }
          return number
        },
      ]),
    Function(
      "string", "The value as text; bytes must be UTF-8.", example: ("string(1.5)", "\"1.5\""),
      [
        Overload { (text: String) in text },
        Overload { (number: Int64) in String(number) },
        Overload { (number: UInt64) in String(number) },
        Overload { (number: Double) in number.shortText },
        Overload { (flag: Bool) in String(flag) },
        Overload { (bytes: ByteText) throws(EvaluationError) -> String in
          guard let text = String(validating: bytes.bytes, as: UTF8.self) else {
            throw EvaluationError(.badConversion("bytes that are not UTF-8 to string"))
          }
          return text
        },
        Overload { (timestamp: Timestamp) in timestamp.text },
        Overload { (span: TimeSpan) in span.text },
      ]),
    Function(
      "bytes", "The bytes of a text in UTF-8.", example: ("bytes(\"ab\")", "b\"ab\""),
      [Overload { (bytes: ByteText) in bytes }, Overload { (text: String) in ByteText(Array(text.utf8)) }]),
    Function(
      "bool", "True or false, from 1, t, true, 0, f, false.", example: ("bool(\"true\")", "true"),
      [
        Overload { (flag: Bool) in flag },
        Overload { (text: String) throws(EvaluationError) -> Bool in
          switch text {
          case "1", "t", "T", "true", "TRUE", "True": return true
          case "0", "f", "F", "false", "FALSE", "False": return false
          default: throw failed(text, "bool")
          }
        },
      ]),
    Function(
      "timestamp", "A moment, from RFC 3339 text or seconds since 1970.",
      example: ("timestamp(\"2026-01-02T03:04:05Z\").getHours()", "3"),
      [
        Overload { (timestamp: Timestamp) in timestamp },
        Overload { (text: String) throws(EvaluationError) -> Timestamp in
          guard let timestamp = Timestamp(rfc3339: text) else { throw failed(text, "timestamp") }
          return timestamp
        },
        Overload { (seconds: Int64) throws(EvaluationError) -> Timestamp in
          guard let timestamp = Timestamp(nanoseconds: Int128(seconds) * Timestamp.second) else {
            throw EvaluationError(.overflow("timestamp"))
          }
          return timestamp
        },
      ]),
    Function(
      "duration", "A length of time: a number with h, m, s, ms, us or ns, or several of them.",
      example: ("duration(\"1h30m\").getMinutes()", "90"),
      [
        Overload { (span: TimeSpan) in span },
        Overload { (text: String) throws(EvaluationError) -> TimeSpan in
          guard let span = TimeSpan(text: text) else { throw failed(text, "duration") }
          return span
        },
      ]),
    Function(
      "type", "The type of a value.", example: ("type(1) == int", "true"),
      [Overload { (value: Value) in TypeValue(value.typeName) }]),
    Function(
      "dyn", "The value itself, its type forgotten until run time.", example: ("dyn(1) == 1.0", "true"),
      [Overload { (value: Value) in value }]),
  ]

  private static func failed(_ text: String, _ type: String) -> EvaluationError {
    EvaluationError(.badConversion("\"\(text.prefix(40))\" to \(type)"))
  }
}
