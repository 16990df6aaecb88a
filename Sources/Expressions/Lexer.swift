/// Cuts the text of an expression into tokens; what is wrong with a token is noted, and reading goes on behind it.
struct Lexer {
  let text: [Unicode.Scalar]
  var index = 0
  private(set) var problems: [ExpressionProblem] = []
  private(set) var tokens: [Token] = []

  init(_ source: String) { text = Array(source.unicodeScalars) }

  /// All tokens, the last of them `end`.
  mutating func read() {
    while skipSpace(), let scalar = peek() {
      let start = index
      let kind = token(startingWith: scalar)
      if let kind { tokens.append(Token(kind: kind, span: span(from: start))) }
    }
    tokens.append(Token(kind: .end, span: SourceSpan(offset: text.count, length: 0)))
  }

  func peek(_ ahead: Int = 0) -> Unicode.Scalar? { index + ahead < text.count ? text[index + ahead] : nil }

  func span(from start: Int) -> SourceSpan { SourceSpan(offset: start, length: index - start) }

  mutating func note(_ message: String, from start: Int, suggestion: String? = nil) {
    problems.append(ExpressionProblem(message, at: span(from: start), suggestion: suggestion))
  }

  /// White space and comments; true, so that it can stand in a condition.
  private mutating func skipSpace() -> Bool {
    while let scalar = peek() {
      switch scalar {
      case " ", "\t", "\n", "\r", "\u{0C}": index += 1
      case "/" where peek(1) == "/":
        while index < text.count, text[index] != "\n" { index += 1 }
      default: return true
      }
    }
    return true
  }

  private mutating func token(startingWith scalar: Unicode.Scalar) -> Token.Kind? {
    if let prefix = stringPrefix() { return string(prefix) }
    if scalar.isLetter { return word() }
    if scalar.isDigit || (scalar == "." && peek(1)?.isDigit == true) { return number() }
    if scalar == "`" { return quotedIdentifier() }
    for sign in Token.Sign.allCases where starts(with: sign.rawValue) {
      index += sign.rawValue.unicodeScalars.count
      return .sign(sign)
    }
    let start = index
    index += 1
    note("\"\(scalar)\" has no meaning here", from: start, suggestion: Self.instead[scalar])
    return nil
  }

  /// Signs other languages have.
  private static let instead: [Unicode.Scalar: String] = [
    "&": "\"and\" is \"&&\"", "|": "\"or\" is \"||\"", "=": "equality is \"==\"",
    "\u{201C}": "quotes are \" or '", "\u{2018}": "quotes are \" or '",
  ]

  func starts(with word: String) -> Bool {
    var ahead = 0
    for scalar in word.unicodeScalars {
      guard peek(ahead) == scalar else { return false }
      ahead += 1
    }
    return true
  }

  private mutating func word() -> Token.Kind {
    let start = index
    while let scalar = peek(), scalar.isLetter || scalar.isDigit { index += 1 }
    var name = ""
    name.unicodeScalars.append(contentsOf: text[start..<index])
    switch name {
    case "true", "false", "null", "in": return .keyword(name)
    default: return .identifier(name)
    }
  }

  private mutating func quotedIdentifier() -> Token.Kind? {
    let start = index
    index += 1
    var name = ""
    while let scalar = peek(), scalar != "\n" {
      index += 1
      guard scalar != "`" else { return .quotedIdentifier(name) }
      name.unicodeScalars.append(scalar)
    }
    note("a name between backticks does not end", from: start)
    return nil
  }
}

extension Unicode.Scalar {
  /// A to Z in both cases, and the underscore.
  var isLetter: Bool {
    switch self {
    case "a"..."z", "A"..."Z", "_": true
    default: false
    }
  }

  var isDigit: Bool { ("0"..."9").contains(self) }

  /// What it counts as a digit of a base up to 16; nil: none.
  var digitValue: UInt32? {
    switch self {
    case "0"..."9": value - 0x30
    case "a"..."f": value - 0x61 + 10
    case "A"..."F": value - 0x41 + 10
    default: nil
    }
  }
}
