import Expressions
import Testing

private func parsed(_ text: String) throws(ExpressionProblems) -> AggregateExpression {
  try AggregateExpression(parsing: text, variables: messageVariables, results: windowVariables)
}

@Suite struct AggregateCheckTests {
  @Test(arguments: [
    ("1 + msg.price", 4, "\"msg\" is known only inside an aggregate such as last(msg.price)", nil),
    ("text", 0, "\"text\" is known only inside an aggregate such as last(text)", nil),
    ("last(key)", 5, "\"key\" is known only outside of aggregates", nil),
    ("max(sum(msg.price))", 4, "an aggregate cannot stand in another one", nil),
    ("[1].map(x, last(msg.a) + x)", 11, "an aggregate cannot stand in the body of a macro", nil),
    ("last(msg.a.map(x, count()))", 18, "an aggregate cannot stand in another one", nil),
    ("sum(text)", 0, "no aggregate is sum(string)", nil), ("avg(text)", 0, "no aggregate is avg(string)", nil),
    ("count(size)", 0, "no aggregate is count(int)", nil), ("max([1])", 0, "no aggregate is max(list(int))", nil),
    ("min(true)", 0, "no aggregate is min(bool)", nil), ("sum()", 0, "sum takes 1 argument, not 0", nil),
    ("last(1, 2)", 0, "last takes 1 argument, not 2", nil),
    ("count(true, 1)", 0, "count takes 0 or 1 argument, not 2", nil),
    ("avg(size) + count()", 0, "\"+\" has no meaning between double and int", "convert one: int(), uint(), double()"),
    ("max(text) > 1", 0, "\">\" has no meaning between string and int", nil),
    ("averge(size)", 0, "there is no function \"averge\"", nil),
    ("summ(size)", 0, "there is no function \"summ\"", "did you mean \"sum\"?"),
    ("last(mgs)", 5, "there is no variable \"mgs\"", "did you mean \"msg\"?"),
    ("size.sum()", 5, "\"sum\" is called as sum(x)", nil),
  ])
  func `a mistake is found when the expression is loaded`(
    text: String, offset: Int, message: String, suggestion: String?
  ) throws {
    let problems = try #require(throws: ExpressionProblems.self) { try parsed(text) }.problems
    let found = problems.first
    #expect(problems.count == 1)
    #expect(found?.message == message)
    #expect(found?.span.offset == offset)
    #expect(found?.suggestion == suggestion)
  }

  @Test func `all mistakes are told in the order of the text`() throws {
    let problems = try #require(throws: ExpressionProblems.self) {
      try parsed("sum(a + text) + msg.b + max(1, 2) + min(c)")
    }.problems
    #expect(problems.map(\.span.offset) == [4, 16, 24, 40])
  }

  @Test(arguments: ["count()", "sum(msg.price)", "first(msg)", "[1].map(x, max(x))", "msg.price + avg(msg.price)"])
  func `an ordinary expression has no aggregates`(text: String) throws {
    let problems = try #require(throws: ExpressionProblems.self) {
      try Expression(parsing: text, variables: messageVariables)
    }.problems
    #expect(problems.count == 1)
    #expect(problems.first?.message.hasSuffix("is an aggregate, which stands in \"window\" only") == true)
  }

  @Test(
    arguments: [
      ("count()", .int), ("sum(size)", .int), ("sum(1.5)", .double), ("sum(msg.a)", .dyn), ("avg(msg.a)", .double),
      ("avg(size)", .double), ("max(text)", .string), ("min(msg.a)", .dyn), ("last(text.split(','))", .list(.string)),
      ("first(msg.a)", .dyn), ("max(size) > 1", .bool), ("key", .string), ("count(msg.a)", .int),
    ] as [(String, StaticType)])
  func `types are known as far as they can be`(text: String, type: StaticType) throws {
    #expect(try parsed(text).type == type)
  }

  @Test func `random aggregates never trap`() {
    let words = [
      "msg", "key", "1", "0.5", "'é'", "(", ")", ",", ".", "-", "+", "&&", "==", "?", ":", "max(", "sum(", "count(",
      "first(", "last(msg.a)", "avg(size)", "[1, 2].map(x,", "x", "has(msg.a)", ".msg", "count()", "[", "]", " ",
    ]
    var state: UInt64 = 5
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    let messages: [Value] = [.object(Message(fields: ["a": .int(1)])), .null, .object(Message(fields: ["a": .null]))]
    for _ in 0..<5_000 {
      _ = aggregated((0..<random(10)).map { _ in words[random(words.count)] }.joined(), messages)
    }
  }

  @Test func `uses of variables are told on both sides`() throws {
    let expression = try parsed("key + last(msg.name) + max(text + string(size))")
    #expect(expression.references.map(\.slot) == [0, 1, 2])
    #expect(expression.references.map(\.field) == ["name", nil, nil])
    #expect(expression.references.map(\.span.offset) == [11, 27, 41])
    #expect(expression.resultReferences.map(\.slot) == [0])
  }
}
