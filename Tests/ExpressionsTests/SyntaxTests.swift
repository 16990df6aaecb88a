import Testing

@testable import Expressions

/// The tree of an expression in parentheses, the operator first.
private func tree(_ text: String) throws -> String { shape(try Parser.parse(text)) }

private func shape(_ node: Node) -> String {
  switch node.syntax {
  case .literal(let value): value.typeName
  case .identifier(let name, let rooted): rooted ? ".\(name)" : name
  case .select(let operand, let field, _, let optional): "\(shape(operand))\(optional ? ".?" : ".")\(field)"
  case .has(let operand, let field, _): "has(\(shape(operand)).\(field))"
  case .index(let operand, let key, let optional): "\(shape(operand))[\(optional ? "?" : "")\(shape(key))]"
  case .call(let name, _, let target, let arguments):
    "\(target.map { shape($0) + "." } ?? "")\(name)(\(arguments.map(shape).joined(separator: ", ")))"
  case .list(let items): "[\(items.map { ($0.optional ? "?" : "") + shape($0.value) }.joined(separator: ", "))]"
  case .map(let items): "{\(items.map { "\(shape($0.key)): \(shape($0.value))" }.joined(separator: ", "))}"
  case .unary(let sign, let operand): "(\(sign.rawValue) \(shape(operand)))"
  case .binary(let sign, let left, let right): "(\(sign.rawValue) \(shape(left)) \(shape(right)))"
  case .conditional(let condition, let yes, let no): "(? \(shape(condition)) \(shape(yes)) \(shape(no)))"
  case .macro(let macro, let range, let variable, let parts):
    "\(macro.rawValue)(\(shape(range)), \(variable): \(parts.map(shape).joined(separator: ", ")))"
  }
}

@Suite struct SyntaxTests {
  @Test(arguments: [
    ("a || b && c", "(|| a (&& b c))"),
    ("a && b || c", "(|| (&& a b) c)"),
    ("a == b && c", "(&& (== a b) c)"),
    ("a + b * c", "(+ a (* b c))"),
    ("a * b + c", "(+ (* a b) c)"),
    ("a - b - c", "(- (- a b) c)"),
    ("a / b % c", "(% (/ a b) c)"),
    ("a < b == c", "(== (< a b) c)"),
    ("a in b + c", "(in a (+ b c))"),
    ("!a.b", "(! a.b)"),
    ("!!a", "(! (! a))"),
    ("--a", "(- (- a))"),
    ("-a * b", "(* (- a) b)"),
    ("a ? b : c ? d : e", "(? a b (? c d e))"),
    ("a || b ? c : d", "(? (|| a b) c d)"),
    ("(a ? b : c) ? d : e", "(? (? a b c) d e)"),
    ("(a + b) * c", "(* (+ a b) c)"),
    ("a.b.c[d].e(f, g)", "a.b.c[d].e(f, g)"),
    ("a.?b[?c]", "a.?b[?c]"),
    ("a.`b-c`", "a.b-c"),
    (".a", ".a"),
    ("f(a, b,)", "f(a, b)"),
    ("[a, b,]", "[a, b]"),
    ("[?a, b]", "[?a, b]"),
    ("{a: b, c: d,}", "{a: b, c: d}"),
    ("has(a.b)", "has(a.b)"),
    ("a.all(x, b)", "all(a, x: b)"),
    ("a.map(x, b, c)", "map(a, x: b, c)"),
    ("a.existsOne(x, b)", "exists_one(a, x: b)"),
    ("a // to the end\n + b", "(+ a b)"),
    ("a.import", "a.import"),
  ])
  func `operators bind as the specification has it`(text: String, expected: String) throws {
    #expect(try tree(text) == expected)
  }

  @Test(arguments: [
    ("a +", 3, "a value is expected, not the end of the expression"),
    ("a b", 2, "an operator or the end is expected, not \"b\""),
    ("a and b", 2, "an operator or the end is expected, not \"and\""),
    ("(a", 2, "\")\" for this parenthesis is expected, not the end of the expression"),
    ("a = b", 2, "\"=\" has no meaning here"),
    ("\"abc", 0, "the string does not end"),
    ("'\\q'", 1, "\"\\q\" is no escape"),
    ("'\\ud800'", 1, "this escape is no Unicode scalar"),
    ("\"é\" + 'x", 6, "the string does not end"),
    ("9223372036854775808", 0, "the number does not fit into an int"),
    ("18446744073709551616u", 0, "the number does not fit into 64 bits"),
    ("1x", 0, "a number ends with a letter"),
    ("a.in", 2, "\"in\" is no field name"),
    ("for", 0, "\"for\" is a reserved word of the language"),
    ("has(a)", 4, "has takes a field, such as has(msg.price)"),
    ("a.all(1, b)", 6, "the first argument of all is a name"),
    ("a.all(x)", 2, "all takes 2 arguments, not 1"),
    ("a ? b", 5, "\":\" of the condition is expected, not the end of the expression"),
    ("!-a", 1, "an operand is expected, not \"-\""),
    ("", 0, "a value is expected, not the end of the expression"),
  ])
  func `a mistake is told with its place`(text: String, offset: Int, message: String) {
    let problems = #expect(throws: ExpressionProblems.self) { try Parser.parse(text) }
    #expect(problems?.problems.first?.message == message)
    #expect(problems?.problems.first?.span.offset == offset)
  }

  @Test func `mistakes in several tokens are told at once`() {
    let problems = #expect(throws: ExpressionProblems.self) { try Parser.parse("'\\q' = 1x") }
    #expect(problems?.problems.map(\.span.offset) == [1, 5, 7])
  }

  @Test(arguments: [
    String(repeating: "(", count: 10_000), String(repeating: "[", count: 10_000),
    String(repeating: "!", count: 10_000) + "a", String(repeating: "- ", count: 10_000) + "a",
    "a" + String(repeating: ".a", count: 10_000), "a" + String(repeating: " + a", count: 8_000),
    String(repeating: "a ? b : ", count: 3_000) + "c", String(repeating: "f(", count: 10_000),
    "a" + String(repeating: "[0]", count: 10_000),
  ])
  func `an expression that nests too deep is refused`(text: String) {
    let problems = #expect(throws: ExpressionProblems.self) { try Parser.parse(text) }
    #expect(problems?.problems.first?.message == "the expression nests deeper than 250")
  }

  @Test func `random tokens never trap`() {
    let words = [
      "a", "1", "1u", "1.5", "'s'", "b'x'", "(", ")", "[", "]", "{", "}", ",", ".", "?", ":", "!", "-", "+", "in",
      "&&", "||", "==", "<", "has", "all", "map", "\"", "\\", "`", "r'''", "0x", "null", ".?", "é", "//", "\n",
    ]
    var state: UInt64 = 42
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    for _ in 0..<20_000 {
      let text = (0..<random(16)).map { _ in words[random(words.count)] }.joined(separator: random(2) == 0 ? "" : " ")
      _ = try? Parser.parse(text)
    }
  }
}
