/// What stands before and as the opening quote of a string.
struct StringPrefix {
  var raw = false
  var bytes = false
  var quote: Unicode.Scalar
  var triple = false
  /// Scalars up to the text.
  var length: Int
}

extension Lexer {
  /// `"`, `'`, three of them, with `r` and `b` in front in any order and case; nil: no string begins here.
  func stringPrefix() -> StringPrefix? {
    var prefix = StringPrefix(quote: "\"", length: 0)
    while let scalar = peek(prefix.length) {
      switch scalar {
      case "r" where !prefix.raw, "R" where !prefix.raw: prefix.raw = true
      case "b" where !prefix.bytes, "B" where !prefix.bytes: prefix.bytes = true
      case "\"", "'":
        prefix.quote = scalar
        prefix.triple = peek(prefix.length + 1) == scalar && peek(prefix.length + 2) == scalar
        prefix.length += prefix.triple ? 3 : 1
        return prefix
      default: return nil
      }
      prefix.length += 1
    }
    return nil
  }

  mutating func string(_ prefix: StringPrefix) -> Token.Kind? {
    let start = index
    index += prefix.length
    var out = StringBytes(bytes: prefix.bytes)
    while let scalar = peek() {
      if ends(prefix) {
        index += prefix.triple ? 3 : 1
        return out.bytes ? .bytes(out.utf8) : .string(String(decoding: out.utf8, as: UTF8.self))
      }
      if !prefix.triple, scalar == "\n" || scalar == "\r" { break }
      if scalar == "\\", !prefix.raw {
        escape(into: &out)
      } else if scalar == "\r", peek(1) == "\n" {
        index += 1  // Line ends of a triple-quoted string are line feeds.
      } else {
        out.append(scalar)
        index += 1
      }
    }
    note("the string does not end", from: start, suggestion: "a string over several lines stands in \"\"\"")
    return nil
  }

  private func ends(_ prefix: StringPrefix) -> Bool {
    guard peek() == prefix.quote else { return false }
    return !prefix.triple || (peek(1) == prefix.quote && peek(2) == prefix.quote)
  }

  private mutating func escape(into out: inout StringBytes) {
    let start = index
    index += 1
    guard let letter = peek() else { return }
    index += 1
    switch letter {
    case "x", "X": code(digits: 2, from: start, into: &out, byte: true)
    case "u" where !out.bytes: code(digits: 4, from: start, into: &out, byte: false)
    case "U" where !out.bytes: code(digits: 8, from: start, into: &out, byte: false)
    case "0"..."3":
      index -= 1
      code(digits: 3, base: 8, from: start, into: &out, byte: true)
    default:
      if let scalar = Self.escapes[letter] {
        out.append(scalar)
      } else {
        let hint = out.bytes ? "in bytes, write \\x and two digits" : "a backslash itself is \\\\, or write r\"…\""
        note("\"\\\(letter)\" is no escape", from: start, suggestion: hint)
      }
    }
  }

  private static let escapes: [Unicode.Scalar: Unicode.Scalar] = [
    "a": "\u{07}", "b": "\u{08}", "f": "\u{0C}", "n": "\n", "r": "\r", "t": "\t", "v": "\u{0B}",
    "\\": "\\", "?": "?", "\"": "\"", "'": "'", "`": "`",
  ]

  private mutating func code(
    digits: Int, base: UInt32 = 16, from start: Int, into out: inout StringBytes, byte: Bool
  ) {
    var value: UInt32 = 0
    for _ in 0..<digits {
      guard let digit = peek()?.digitValue, digit < base else {
        note("this escape needs \(digits) \(base == 8 ? "octal" : "hexadecimal") digits", from: start)
        return
      }
      value = value &* base &+ digit
      index += 1
    }
    if out.bytes, byte {
      out.utf8.append(UInt8(truncatingIfNeeded: value))
    } else if let scalar = Unicode.Scalar(value) {
      out.append(scalar)
    } else {
      note("this escape is no Unicode scalar", from: start)
    }
  }
}

/// The text of a literal as it grows.
struct StringBytes {
  let bytes: Bool
  var utf8: [UInt8] = []

  init(bytes: Bool) { self.bytes = bytes }

  mutating func append(_ scalar: Unicode.Scalar) { utf8.append(contentsOf: Unicode.UTF8.encode(scalar)!) }
}
