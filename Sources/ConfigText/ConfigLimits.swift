/// What a configuration may not exceed; each bound has an error that names it.
package enum ConfigLimits {
  /// The size of one file in bytes: 16 MiB.
  package static let fileBytes = 16 << 20
  /// The size of one scalar in UTF-8 bytes, before and after the environment's values are put in: 1 MiB.
  package static let scalarBytes = 1 << 20
  /// How many lists and mappings may stand in each other, aliases expanded.
  package static let depth = 64
  /// How many values (scalars, lists, mappings; keys count too) all files of a load may have, aliases expanded.
  package static let values = 1_000_000
  /// How many files a load may have.
  package static let files = 10_000

  /// A number with commas, for messages: "1,000,000".
  static func shown(_ number: Int) -> String {
    let digits = Array(String(number))
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { text += "," }
      text.append(digit)
    }
    return text
  }
}
