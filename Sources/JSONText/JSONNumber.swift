/// A number's text (RFC 8259 section 6) taken apart, without a copy: its exact decimal value.
struct JSONNumber {
  private let text: UnsafeRawBufferPointer
  let isNegative: Bool
  /// From the first to the last digit that is not zero, a point perhaps among them; empty for zero.
  private let significant: Range<Int>
  /// How many digits that is.
  private let count: Int
  /// The power of ten of the first of them; nil when it does not fit 15 digits.
  private let power: Int?

  /// - Parameter text: a number, as the parser lets it pass.
  init(_ text: UnsafeRawBufferPointer) {
    self.text = text
    isNegative = text.first == UInt8(ascii: "-")
    let mantissa = text.firstIndex { $0 | 0x20 == UInt8(ascii: "e") } ?? text.count
    var point = mantissa
    var first = mantissa
    var end = mantissa
    for index in (isNegative ? 1 : 0)..<mantissa {
      switch text[index] {
      case UInt8(ascii: "."): point = index
      case UInt8(ascii: "0"): continue
      default:
        if first == mantissa { first = index }
        end = index + 1
      }
    }
    significant = first..<max(first, end)
    count = significant.count - (significant.contains(point) ? 1 : 0)
    let shift = first < point ? point - first - 1 : point - first
    power = Self.exponent(text[mantissa...].dropFirst()).map { $0 + shift }
  }

  private static func exponent(_ text: Slice<UnsafeRawBufferPointer>) -> Int? {
    guard let sign = text.first else { return 0 }
    let isNegative = sign == UInt8(ascii: "-")
    let digits = text.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "0") }
    guard digits.count <= 15 else { return nil }
    let value = digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    return isNegative ? -value : value
  }

  private var isZero: Bool { significant.isEmpty }

  /// The significant digits as one number; nil when it does not fit.
  private var whole: UInt64? {
    var value: UInt64 = 0
    for byte in text[significant] where byte != UInt8(ascii: ".") {
      let (tenfold, isLarge) = value.multipliedReportingOverflow(by: 10)
      let (sum, isLarger) = tenfold.addingReportingOverflow(UInt64(byte - UInt8(ascii: "0")))
      guard !isLarge, !isLarger else { return nil }
      value = sum
    }
    return value
  }

  /// The number without its sign, if it is whole and fits.
  var magnitude: UInt64? {
    guard !isZero else { return 0 }
    guard let power, power < 20, power + 1 >= count, var value = whole else { return nil }
    for _ in 0..<(power + 1 - count) {
      let (tenfold, isLarge) = value.multipliedReportingOverflow(by: 10)
      guard !isLarge else { return nil }
      value = tenfold
    }
    return value
  }

  private static let powersOfTen: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
  ]

  /// The nearest double; nil when there is none but infinity.
  var double: Double? {
    guard !isZero else { return isNegative ? -0.0 : 0 }
    // Both factors are exact, so that the one operation rounds once.
    if count <= 15, let power, case let scale = power + 1 - count, abs(scale) <= 22, let whole {
      let value = scale < 0 ? Double(whole) / Self.powersOfTen[-scale] : Double(whole) * Self.powersOfTen[scale]
      return isNegative ? -value : value
    }
    guard let value = Double(String(decoding: text, as: UTF8.self)), value.isFinite else { return nil }
    return value
  }

  /// Whether two numbers have one exact decimal value: 1.10 and 11e-1 have, 0.1 and 0.1000000000000000055 have not, 0
  /// and -0 have. Numbers with exponents of more than 15 digits are the same only by their text.
  static func isSame(_ one: UnsafeRawBufferPointer, _ other: UnsafeRawBufferPointer) -> Bool {
    guard !one.elementsEqual(other) else { return true }
    let (a, b) = (JSONNumber(one), JSONNumber(other))
    if a.isZero || b.isZero { return a.isZero && b.isZero }
    guard a.isNegative == b.isNegative, a.count == b.count, let power = a.power, power == b.power else { return false }
    return a.text[a.significant].lazy.filter { $0 != UInt8(ascii: ".") }
      .elementsEqual(b.text[b.significant].lazy.filter { $0 != UInt8(ascii: ".") })
  }
}

extension JSONTape {
  /// The nearest double to a number (RFC 8259 section 6); nil for 1e400, which has none, and for any other value.
  package func double(of node: Int, in text: UnsafeRawBufferPointer) -> Double? { number(node, text)?.double }

  /// A number's exact value, also when it is spelled 1.0 or 1e2; nil when it is not whole or does not fit.
  package func int64(of node: Int, in text: UnsafeRawBufferPointer) -> Int64? {
    guard let number = number(node, text), let magnitude = number.magnitude else { return nil }
    guard number.isNegative else { return Int64(exactly: magnitude) }
    return magnitude == Int64.min.magnitude ? .min : Int64(exactly: magnitude).map { -$0 }
  }

  /// A number's exact value, also when it is spelled 1.0 or 1e2; nil when it is negative, not whole or does not fit.
  package func uint64(of node: Int, in text: UnsafeRawBufferPointer) -> UInt64? {
    guard let number = number(node, text), let magnitude = number.magnitude else { return nil }
    return number.isNegative && magnitude > 0 ? nil : magnitude
  }

  private func number(_ node: Int, _ text: UnsafeRawBufferPointer) -> JSONNumber? {
    check(text)
    guard kind(of: node) == .number else { return nil }
    return JSONNumber(UnsafeRawBufferPointer(rebasing: text[range(of: node)]))
  }
}
