/// Reads tokens into a tree by precedence climbing; the first mistake of grammar ends it, since what follows would be
/// guessed.
struct Parser {
  private let tokens: [Token]
  private var index = 0
  /// How deep the parser stands in parentheses, arguments and operands.
  private var nesting = 0

  /// How deep an expression may nest: operators in a row, fields, parentheses.
  static let deepest = 250
  /// How many scalars an expression may have.
  static let longest = 32_768

  private init(_ tokens: [Token]) { self.tokens = tokens }

  /// The tree of a text.
  static func parse(_ text: String) throws(ExpressionProblems) -> Node {
    var lexer = Lexer(text)
    guard lexer.text.count <= longest else {
      let all = SourceSpan(offset: 0, length: lexer.text.count)
      throw ExpressionProblems(problems: [.init("the expression is longer than \(longest) characters", at: all)])
    }
    lexer.read()
    guard lexer.problems.isEmpty else { throw ExpressionProblems(problems: lexer.problems) }
    var parser = Parser(lexer.tokens)
    do throws(ExpressionProblem) {
      let node = try parser.expression()
      guard parser.next.kind == .end else { throw parser.unexpected("an operator or the end") }
      return node
    } catch {
      throw ExpressionProblems(problems: [error])
    }
  }

  var next: Token { tokens[index] }

  /// The span of the token read last.
  var lastSpan: SourceSpan { index > 0 ? tokens[index - 1].span : next.span }

  @discardableResult
  mutating func advance() -> Token {
    let token = tokens[index]
    if index + 1 < tokens.count { index += 1 }
    return token
  }

  mutating func take(_ sign: Token.Sign) -> Bool {
    guard next.kind == .sign(sign) else { return false }
    advance()
    return true
  }

  mutating func expect(_ sign: Token.Sign, _ purpose: String) throws(ExpressionProblem) {
    guard take(sign) else { throw unexpected("\"\(sign.rawValue)\" \(purpose)") }
  }

  func unexpected(_ wanted: String) -> ExpressionProblem {
    let hints: [String: String] = ["and": "&&", "or": "||", "not": "!"]
    var hint: String?
    if case .identifier(let word) = next.kind, let sign = hints[word] { hint = "\"\(word)\" is \"\(sign)\"" }
    return ExpressionProblem("\(wanted) is expected, not \(next.name)", at: next.span, suggestion: hint)
  }

  /// The node over the children, if the tree does not become too deep.
  func node(
    _ syntax: Syntax, _ span: SourceSpan, over children: [Node] = []
  ) throws(ExpressionProblem) -> Node {
    let depth = 1 + (children.map(\.depth).max() ?? 0)
    guard depth <= Self.deepest else { throw Self.tooDeep(span) }
    return Node(syntax: syntax, span: span, depth: depth)
  }

  private static func tooDeep(_ span: SourceSpan) -> ExpressionProblem {
    ExpressionProblem("the expression nests deeper than \(deepest)", at: span)
  }

  mutating func expression() throws(ExpressionProblem) -> Node {
    nesting += 1
    defer { nesting -= 1 }
    guard nesting <= Self.deepest else { throw Self.tooDeep(next.span) }
    let condition = try binary(atLeast: 1)
    guard take(.question) else { return condition }
    let yes = try binary(atLeast: 1)
    try expect(.colon, "of the condition")
    let no = try expression()
    return try node(.conditional(condition, yes, no), condition.span.through(no.span), over: [condition, yes, no])
  }

  private mutating func binary(atLeast precedence: Int) throws(ExpressionProblem) -> Node {
    var left = try unary()
    while let sign = BinaryOperator(next.kind), sign.precedence >= precedence {
      advance()
      let right = try binary(atLeast: sign.precedence + 1)
      left = try node(.binary(sign, left, right), left.span.through(right.span), over: [left, right])
    }
    return left
  }

  private mutating func unary() throws(ExpressionProblem) -> Node {
    let start = next
    guard case .sign(let sign) = start.kind, let prefix = UnaryOperator(rawValue: sign.rawValue) else {
      return try member()
    }
    advance()
    if prefix == .negate, let literal = try negativeNumber(from: start) { return try member(of: literal) }
    nesting += 1
    defer { nesting -= 1 }
    guard nesting <= Self.deepest else { throw Self.tooDeep(start.span) }
    // `!-x` and `-!x` are not of the grammar.
    if case .sign(let following) = next.kind, let other = UnaryOperator(rawValue: following.rawValue), other != prefix {
      throw unexpected("an operand")
    }
    let operand = try unary()
    return try node(.unary(prefix, operand), start.span.through(operand.span), over: [operand])
  }

  /// A number behind a minus is one literal, so that the lowest int can be written.
  private mutating func negativeNumber(from minus: Token) throws(ExpressionProblem) -> Node? {
    let span = minus.span.through(next.span)
    switch next.kind {
    case .int(let magnitude):
      guard magnitude <= 1 << 63 else { throw Self.tooLarge(span) }
      advance()
      return try node(.literal(.int(Int64(truncatingIfNeeded: 0 &- magnitude))), span)
    case .double(let value):
      advance()
      return try node(.literal(.double(-value)), span)
    default: return nil
    }
  }

  static func tooLarge(_ span: SourceSpan) -> ExpressionProblem {
    ExpressionProblem("the number does not fit into an int", at: span, suggestion: "a uint ends with u")
  }
}

extension ExpressionProblem: Error {}
