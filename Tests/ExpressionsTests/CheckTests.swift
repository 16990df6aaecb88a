import Testing

@testable import Expressions

private let variables: Variables = ["msg": .dyn, "text": .string, "seq": .int, "headers": .map(.string, .string)]

private func problems(_ text: String) -> [ExpressionProblem] {
  do throws(ExpressionProblems) {
    _ = try Expression(parsing: text, variables: variables)
    return []
  } catch { return error.problems }
}

@Suite struct CheckTests {
  @Test(arguments: [
    ("mgs.price > 1", 0, "there is no variable \"mgs\"", "did you mean \"msg\"?"),
    ("text.startWith('a')", 5, "there is no function \"startWith\"", "did you mean \"startsWith\"?"),
    ("text.startsWith()", 5, "startsWith takes 1 argument, not 0", nil),
    ("text.startsWith(1)", 5, "no function is string.startsWith(int)", nil),
    ("startsWith(text, 'a')", 0, "\"startsWith\" is called as x.startsWith()", nil),
    ("1 + 1.0", 0, "\"+\" has no meaning between int and double", "convert one: int(), uint(), double()"),
    ("text > 1", 0, "\">\" has no meaning between string and int", nil),
    ("text == 1", 0, "\"==\" has no meaning between string and int", nil),
    ("!seq", 0, "\"!\" has no meaning before a value of type int", nil),
    ("seq && true", 0, "\"&&\" has no meaning between int and bool", nil),
    ("seq ? 1 : 2", 0, "a condition is a bool, not int", nil),
    ("text.size", 5, "a value of type string has no field \"size\"", "a call has parentheses: .size()"),
    ("seq.all(x, true)", 0, "all goes over a list or a map, not over int", nil),
    ("[1].all(x, x)", 11, "the condition of all is a bool, not int", nil),
    ("text in ['a'] && seq in ['a']", 17, "\"in\" has no meaning between int and list(string)", nil),
    ("text.matches('(')", 13, "the pattern is wrong at its character 1: a group does not end", nil),
    ("{1.5: 2}", 1, "a key of a map is a string, a whole number or a bool, not double", nil),
    ("headers.a + 1", 0, "\"+\" has no meaning between string and int", nil),
    ("math.greatest()", 5, "math.greatest takes at least 1 argument, not 0", nil),
    ("msg.map(x, y)", 11, "there is no variable \"y\"", "did you mean \"x\"?"),
  ])
  func `a mistake is found when the expression is loaded`(
    text: String, offset: Int, message: String, suggestion: String?
  ) {
    let found = problems(text)
    #expect(found.first?.message == message)
    #expect(found.first?.span.offset == offset)
    #expect(found.first?.suggestion == suggestion)
    #expect(found.count == 1)
  }

  @Test func `all mistakes are told in the order of the text`() {
    #expect(problems("a + b && text.foo() && 1 < 'x'").map(\.span.offset) == [0, 4, 14, 23])
  }

  @Test(arguments: [
    "msg.price > 100.0 && msg.symbol in [\"ACME\", \"INIT\"]", "msg.user.startsWith(\"a\")", "has(msg.volume)",
    "msg.items.map(i, i.price * 2)", "msg == null", "headers[\"a\"] == \"b\"", "now - duration(\"1h\") > now",
    "msg.?a.b.orValue(1) > 0", "type(msg) == map", "msg[\"a\"][0].b", "seq > 1.5", "[1, \"a\"].size() == seq",
  ])
  func `what is right passes`(text: String) {
    #expect(problems(text) == [])
  }

  @Test func `the type and the variables of an expression are known`() throws {
    let expression = try Expression(parsing: "text.size() + seq", variables: variables)
    #expect(expression.type == .int)
    #expect(expression.slots == [1, 2])
  }
}
