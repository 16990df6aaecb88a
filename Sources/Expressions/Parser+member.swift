extension Parser {
  /// A primary with the fields, calls and indexes behind it.
  mutating func member(of start: Node? = nil) throws(ExpressionProblem) -> Node {
    var node: Node
    if let start { node = start } else { node = try primary() }
    while true {
      if take(.dot) {
        node = try selection(of: node)
      } else if take(.openBracket) {
        let optional = take(.question)
        let key = try expression()
        try expect(.closeBracket, "behind the index")
        node = try self.node(.index(node, key, optional: optional), node.span.through(lastSpan), over: [node, key])
      } else {
        return node
      }
    }
  }

  private mutating func selection(of operand: Node) throws(ExpressionProblem) -> Node {
    let optional = take(.question)
    let name = advance()
    let span = operand.span.through(name.span)
    switch name.kind {
    case .identifier(let field):
      if !optional, take(.openParenthesis) {
        return try call(field, name.span, target: operand)
      }
      let syntax = Syntax.select(operand, field: field, fieldSpan: name.span, optional: optional)
      return try node(syntax, span, over: [operand])
    case .quotedIdentifier(let field):
      let syntax = Syntax.select(operand, field: field, fieldSpan: name.span, optional: optional)
      return try node(syntax, span, over: [operand])
    case .keyword(let word):
      throw ExpressionProblem(
        "\"\(word)\" is no field name", at: name.span, suggestion: "between backticks it is: .`\(word)`")
    default:
      throw ExpressionProblem("a field name is expected behind the dot, not \(name.name)", at: name.span)
    }
  }

  private mutating func primary() throws(ExpressionProblem) -> Node {
    let token = advance()
    switch token.kind {
    case .identifier(let name): return try identifier(name, token, rooted: false)
    case .keyword("true"): return try node(.literal(.bool(true)), token.span)
    case .keyword("false"): return try node(.literal(.bool(false)), token.span)
    case .keyword("null"): return try node(.literal(.null), token.span)
    case .int(let value):
      guard let number = Int64(exactly: value) else { throw Self.tooLarge(token.span) }
      return try node(.literal(.int(number)), token.span)
    case .uint(let value): return try node(.literal(.uint(value)), token.span)
    case .double(let value): return try node(.literal(.double(value)), token.span)
    case .string(let text): return try node(.literal(.string(text)), token.span)
    case .bytes(let bytes): return try node(.literal(.bytes(bytes)), token.span)
    case .sign(.dot): return try rooted(token)
    case .sign(.openParenthesis):
      let inner = try expression()
      try expect(.closeParenthesis, "for this parenthesis")
      return Node(syntax: inner.syntax, span: token.span.through(lastSpan), depth: inner.depth)
    case .sign(.openBracket): return try list(token)
    case .sign(.openBrace): return try map(token)
    default: throw ExpressionProblem("a value is expected, not \(token.name)", at: token.span)
    }
  }

  private mutating func rooted(_ dot: Token) throws(ExpressionProblem) -> Node {
    guard case .identifier(let name) = next.kind else { throw unexpected("a name behind the dot") }
    return try identifier(name, advance(), rooted: true)
  }

  private mutating func identifier(_ name: String, _ token: Token, rooted: Bool) throws(ExpressionProblem) -> Node {
    guard !Self.reserved.contains(name) else {
      throw ExpressionProblem("\"\(name)\" is a reserved word of the language", at: token.span)
    }
    guard take(.openParenthesis) else { return try node(.identifier(name, rooted: rooted), token.span) }
    return try call(name, token.span, target: nil)
  }

  /// Words kept back by the specification; as field names they are free.
  private static let reserved: Set<String> = [
    "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "namespace",
    "package", "return", "var", "void", "while",
  ]

  private mutating func list(_ open: Token) throws(ExpressionProblem) -> Node {
    var items: [ListItem] = []
    while next.kind != .sign(.closeBracket) {
      let optional = take(.question)
      items.append(ListItem(value: try expression(), optional: optional))
      guard take(.comma) else { break }
    }
    try expect(.closeBracket, "or \",\" in the list")
    return try node(.list(items), open.span.through(lastSpan), over: items.map(\.value))
  }

  private mutating func map(_ open: Token) throws(ExpressionProblem) -> Node {
    var items: [MapItem] = []
    while next.kind != .sign(.closeBrace) {
      let optional = take(.question)
      let key = try expression()
      try expect(.colon, "behind the key")
      items.append(MapItem(key: key, value: try expression(), optional: optional))
      guard take(.comma) else { break }
    }
    try expect(.closeBrace, "or \",\" in the map")
    return try node(.map(items), open.span.through(lastSpan), over: items.flatMap { [$0.key, $0.value] })
  }

  /// A call whose opening parenthesis is read; macros are told by their names and arguments.
  private mutating func call(
    _ name: String, _ nameSpan: SourceSpan, target: Node?
  ) throws(ExpressionProblem) -> Node {
    var arguments: [Node] = []
    while next.kind != .sign(.closeParenthesis) {
      arguments.append(try expression())
      guard take(.comma), next.kind != .sign(.closeParenthesis) else { break }
    }
    try expect(.closeParenthesis, "or \",\" in the call of \(name)")
    let span = (target?.span ?? nameSpan).through(lastSpan)
    if let macro = try macro(name, nameSpan, target: target, arguments: arguments, span: span) { return macro }
    let syntax = Syntax.call(name: name, nameSpan: nameSpan, target: target, arguments: arguments)
    return try node(syntax, span, over: arguments + (target.map { [$0] } ?? []))
  }
}
