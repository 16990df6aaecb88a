extension Parser {
  /// `has(a.b)`, `list.all(x, …)` and its kind; nil: a call like any other.
  func macro(
    _ name: String, _ nameSpan: SourceSpan, target: Node?, arguments: [Node], span: SourceSpan
  ) throws(ExpressionProblem) -> Node? {
    guard let target else {
      return name == "has" ? try has(nameSpan, arguments, span) : nil
    }
    guard let macro = name == "existsOne" ? .existsOne : Macro(rawValue: name) else { return nil }
    guard arguments.count == 2 || (macro == .map && arguments.count == 3) else {
      let counts = macro == .map ? "2 or 3" : "2"
      throw ExpressionProblem(
        "\(name) takes \(counts) arguments, not \(arguments.count)", at: nameSpan,
        suggestion: "such as .\(name)(x, x > 0)")
    }
    guard case .identifier(let variable, rooted: false) = arguments[0].syntax else {
      throw ExpressionProblem("the first argument of \(name) is a name", at: arguments[0].span)
    }
    let parts = Array(arguments.dropFirst())
    return try node(
      .macro(macro, range: target, variable: variable, parts: parts), span, over: parts + [target])
  }

  private func has(_ name: SourceSpan, _ arguments: [Node], _ span: SourceSpan) throws(ExpressionProblem) -> Node {
    guard arguments.count == 1 else {
      throw ExpressionProblem("has takes 1 argument, not \(arguments.count)", at: name)
    }
    guard case .select(let operand, let field, _, optional: false) = arguments[0].syntax else {
      throw ExpressionProblem(
        "has takes a field, such as has(msg.price)", at: arguments[0].span,
        suggestion: "whether a map has a key tells \"key in map\"")
    }
    return try node(.has(operand, field: field, span: arguments[0].span), span, over: [operand])
  }
}
