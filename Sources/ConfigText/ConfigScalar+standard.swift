extension String: ConfigScalar {
  /// "a text".
  package static var expectation: String { "a text" }

  /// The exact text of any scalar.
  package static func parse(_ scalar: ConfigNode.Scalar) throws(ScalarRefusal) -> String { scalar.text }
}

extension Bool: ConfigScalar {
  /// "true or false".
  package static var expectation: String { "true or false" }

  /// `true` or `false` without quotes; YAML 1.1's other words are refused, since `no` is also a country.
  package static func parse(_ scalar: ConfigNode.Scalar) throws(ScalarRefusal) -> Bool {
    let word = scalar.text.lowercased()
    let meaning: Bool? =
      switch word {
      case "true", "yes", "on", "y", "1": true
      case "false", "no", "off", "n", "0": false
      default: nil
      }
    guard scalar.isPlain else { throw .quoted(suggestion: meaning.map { "\($0)" }) }
    if scalar.text == "true" { return true }
    if scalar.text == "false" { return false }
    throw ScalarRefusal(suggestion: meaning.map { "\($0)" } ?? Suggestion.nearest(to: word, among: ["true", "false"]))
  }
}

extension Int: ConfigScalar {
  /// "a whole number".
  package static var expectation: String { "a whole number" }

  /// Decimal digits with an optional sign, without quotes.
  package static func parse(_ scalar: ConfigNode.Scalar) throws(ScalarRefusal) -> Int { try .parseDecimal(scalar) }
}

extension UInt16: ConfigScalar {
  /// "a whole number from 0 to 65535".
  package static var expectation: String { "a whole number from 0 to 65535" }

  /// Decimal digits without quotes.
  package static func parse(_ scalar: ConfigNode.Scalar) throws(ScalarRefusal) -> UInt16 { try .parseDecimal(scalar) }
}

extension Double: ConfigScalar {
  /// "a number such as 10 or 0.5".
  package static var expectation: String { "a number such as 10 or 0.5" }

  /// A decimal number, also with an exponent, without quotes; always finite.
  package static func parse(_ scalar: ConfigNode.Scalar) throws(ScalarRefusal) -> Double {
    let allowed = scalar.text.utf8.allSatisfy { "0123456789+-.eE".utf8.contains($0) }
    guard allowed, let number = Double(scalar.text) else { throw ScalarRefusal() }
    guard scalar.isPlain else { throw .quoted() }
    guard number.isFinite else { throw ScalarRefusal("it is too large") }
    return number
  }
}

extension FixedWidthInteger {
  fileprivate static func parseDecimal(_ scalar: ConfigNode.Scalar) throws(ScalarRefusal) -> Self {
    let digits = scalar.text.utf8.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
    let isNumber =
      !digits.isEmpty && scalar.text.utf8.count - digits.count <= 1
      && digits.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    guard isNumber else { throw ScalarRefusal() }
    guard scalar.isPlain else { throw .quoted() }
    // YAML 1.1 reads 010 as eight, YAML 1.2 as ten.
    if digits.count > 1, digits.first == UInt8(ascii: "0") {
      throw ScalarRefusal("a leading zero could mean octal; leave it out")
    }
    guard let number = Self(scalar.text) else { throw ScalarRefusal("it is out of range") }
    return number
  }
}

extension ScalarRefusal {
  fileprivate static func quoted(suggestion: String? = nil) -> ScalarRefusal {
    ScalarRefusal("in quotes it is a text", suggestion: suggestion)
  }
}
