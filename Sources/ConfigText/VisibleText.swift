/// Makes an operator's text safe to print: control and invisible characters become visible, long texts are cut.
package enum VisibleText {
  /// How many scalars of a value a message quotes.
  static let longestQuote = 60

  /// `text` in single quotes on one line, cut after 60 scalars, as messages quote values and keys.
  package static func quoted(_ text: String) -> String { "'\(oneLine(text))'" }

  /// `text` on one line, cut after 60 scalars.
  package static func oneLine(_ text: String) -> String {
    var shown = ""
    for (count, scalar) in text.unicodeScalars.enumerated() {
      if count == longestQuote { return shown + "…" }
      shown += form(of: scalar)
    }
    return shown
  }

  /// `text` whole, on one line: for names of files, and texts that were cut before.
  package static func whole(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { $0 += form(of: $1) }
  }

  /// How a scalar is shown: itself, or an escape if a terminal would act on it or show nothing.
  static func form(of scalar: Unicode.Scalar) -> String {
    switch scalar.value {
    case 0x09: "\\t"
    case 0x0A: "\\n"
    case 0x0D: "\\r"
    case 0x00...0x1F, 0x7F...0x9F: escaped(scalar)
    // Zero width space, directional marks and overrides, line separators, byte order mark: they hide what a text is.
    case 0x200B, 0x200E, 0x200F, 0x061C, 0x2028...0x202E, 0x2060...0x2069, 0xFEFF: escaped(scalar)
    default: String(scalar)
    }
  }

  /// How many columns of a terminal a scalar takes: combining ones none, East Asian wide ones and emoji two.
  static func width(of scalar: Unicode.Scalar) -> Int {
    if scalar.value < 0x300 { return 1 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: break
    }
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
      0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
      return 2
    default: return 1
    }
  }

  private static func escaped(_ scalar: Unicode.Scalar) -> String {
    "\\u{" + String(scalar.value, radix: 16) + "}"
  }
}
