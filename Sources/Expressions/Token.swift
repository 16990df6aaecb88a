/// One word, number, string or sign of an expression, and where it stands.
struct Token: Sendable {
  let kind: Kind
  let span: SourceSpan

  enum Kind: Sendable, Equatable {
    case identifier(String)
    /// A field name between backticks, which may be any text on one line.
    case quotedIdentifier(String)
    /// `true`, `false`, `null` or `in`.
    case keyword(String)
    /// A whole number without its sign, which the parser puts before it.
    case int(UInt64)
    case uint(UInt64)
    case double(Double)
    case string(String)
    case bytes([UInt8])
    case sign(Sign)
    case end
  }

  /// The signs, the longest first so that `<=` is not read as `<`.
  enum Sign: String, Sendable, CaseIterable {
    case and = "&&"
    case or = "||"
    case equal = "=="
    case notEqual = "!="
    case lessOrEqual = "<="
    case greaterOrEqual = ">="
    case less = "<"
    case greater = ">"
    case plus = "+"
    case minus = "-"
    case times = "*"
    case divide = "/"
    case remainder = "%"
    case not = "!"
    case question = "?"
    case colon = ":"
    case comma = ","
    case dot = "."
    case openParenthesis = "("
    case closeParenthesis = ")"
    case openBracket = "["
    case closeBracket = "]"
    case openBrace = "{"
    case closeBrace = "}"
  }

  /// As a message names it.
  var name: String {
    switch kind {
    case .identifier(let name): "\"\(name)\""
    case .quotedIdentifier(let name): "`\(name)`"
    case .keyword(let word): "\"\(word)\""
    case .int, .uint, .double: "a number"
    case .string: "a string"
    case .bytes: "bytes"
    case .sign(let sign): "\"\(sign.rawValue)\""
    case .end: "the end of the expression"
    }
  }
}
