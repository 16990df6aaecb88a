extension Lexer {
  /// `12`, `0xFF`, `12u`, `1.5`, `.5`, `1e-3`.
  mutating func number() -> Token.Kind? {
    let start = index
    if peek() == "0", peek(1) == "x" || peek(1) == "X" {
      index += 2
      return whole(from: start, digits: digits { $0.digitValue != nil }, base: 16)
    }
    let leading = digits(where: \.isDigit)
    let fraction = peek() == "." && peek(1)?.isDigit == true
    if fraction {
      index += 1
      _ = digits(where: \.isDigit)
    }
    guard exponent() || fraction else { return whole(from: start, digits: leading, base: 10) }
    guard endsHere(from: start) else { return nil }
    return decimal(from: start)
  }

  private mutating func digits(where isDigit: (Unicode.Scalar) -> Bool) -> ArraySlice<Unicode.Scalar> {
    let start = index
    while let scalar = peek(), isDigit(scalar) { index += 1 }
    return text[start..<index]
  }

  private mutating func exponent() -> Bool {
    guard peek() == "e" || peek() == "E" else { return false }
    let signed = peek(1) == "+" || peek(1) == "-"
    guard peek(signed ? 2 : 1)?.isDigit == true else { return false }
    index += signed ? 2 : 1
    _ = digits(where: \.isDigit)
    return true
  }

  private mutating func whole(from start: Int, digits: ArraySlice<Unicode.Scalar>, base: UInt64) -> Token.Kind? {
    let unsigned = peek() == "u" || peek() == "U"
    if unsigned { index += 1 }
    guard endsHere(from: start) else { return nil }
    guard !digits.isEmpty else {
      note("a hexadecimal number needs digits behind 0x", from: start)
      return nil
    }
    var value: UInt64 = 0
    for digit in digits {
      let (product, overflow) = value.multipliedReportingOverflow(by: base)
      let (sum, carry) = product.addingReportingOverflow(UInt64(digit.digitValue ?? 0))
      guard !overflow, !carry else {
        note("the number does not fit into 64 bits", from: start, suggestion: "as a double it has a decimal point")
        return .double(0)
      }
      value = sum
    }
    return unsigned ? .uint(value) : .int(value)
  }

  private mutating func decimal(from start: Int) -> Token.Kind? {
    var spelling = ""
    spelling.unicodeScalars.append(contentsOf: text[start..<index])
    if spelling.hasPrefix(".") { spelling = "0" + spelling }
    guard let value = Double(spelling), value.isFinite else {
      note("the number is too large for a double", from: start)
      return .double(0)
    }
    return .double(value)
  }

  /// No letter may follow a number at once.
  private mutating func endsHere(from start: Int) -> Bool {
    guard let scalar = peek(), scalar.isLetter else { return true }
    while let next = peek(), next.isLetter || next.isDigit { index += 1 }
    note("a number ends with a letter", from: start)
    return false
  }
}
