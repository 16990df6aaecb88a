/// A number with a unit behind it, such as `1.5s` or `64KiB`, exactly: `digits` divided by ten to the power `decimals`.
struct Quantity: Equatable {
  var digits: Int128
  var decimals: Int
  var unit: String

  /// The most digits a number may have, so that no multiplication by a unit overflows.
  static let mostDigits = 18

  /// Reads a quantity from the start of `text` and removes it; nil if there is no number or it has too many digits.
  static func next(from text: inout Substring) -> Quantity? {
    let isDigit = { (character: Character) in character.isASCII && character.isNumber }
    let whole = text.prefix(while: isDigit)
    var rest = text[whole.endIndex...]
    var fraction: Substring = ""
    if rest.first == "." {
      fraction = rest.dropFirst().prefix(while: isDigit)
      guard !fraction.isEmpty else { return nil }
      rest = rest[fraction.endIndex...]
    }
    guard !whole.isEmpty, whole.count + fraction.count <= mostDigits, let digits = Int128(whole + fraction) else {
      return nil
    }
    let unit = rest.prefix { !isDigit($0) && $0 != "." }
    text = rest[unit.endIndex...]
    return Quantity(digits: digits, decimals: fraction.count, unit: String(unit))
  }

  /// The quantity in base units of which `unit` has so many, parts of one cut off.
  func scaled(by unit: Int128) -> Int128 {
    digits * unit / (0..<decimals).reduce(1) { power, _ in power * 10 }
  }

  /// Whether `scaled` cuts nothing off.
  func isWhole(by unit: Int128) -> Bool {
    (digits * unit).isMultiple(of: (0..<decimals).reduce(1) { power, _ in power * 10 })
  }

  /// The text with the unit spelt as we spell it, to be suggested: spaces, case and long names are forgiven.
  static func respelt(_ text: String, units: [String], otherNames: [String: String]) -> String? {
    var rest = Substring(text.filter { $0 != " " })
    let spaceless = rest
    guard let quantity = next(from: &rest), rest.isEmpty else { return nil }
    let folded = quantity.unit.lowercased()
    guard let unit = otherNames[folded] ?? units.first(where: { $0.lowercased() == folded }) else { return nil }
    let corrected = spaceless.dropLast(quantity.unit.count) + unit
    return corrected == text ? nil : String(corrected)
  }
}
