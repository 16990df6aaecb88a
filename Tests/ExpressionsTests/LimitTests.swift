import Testing

@testable import Expressions

@Suite struct LimitTests {
  @Test(arguments: [
    "LIST.map(a, LIST.map(b, LIST.map(c, LIST.map(d, a + b + c + d))))",
    "LIST.all(a, LIST.all(b, LIST.all(c, LIST.all(d, a + b + c + d > 0 || true))))",
    "LIST.exists(a, 1 / 0 > 0 || LIST.exists(b, LIST.exists(c, LIST.exists(d, d < 0))))",
    "[[1]]GROW == [[1]]GROW", "['aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa']DOUBLE",
    "LIST.map(x, TEXT).join().replace('a', TEXT).replace('a', TEXT)",
  ])
  func `an expression that would not end is ended quickly`(text: String) {
    let list = "[\((1...100).map(String.init).joined(separator: ", "))]"
    let grow = String(repeating: ".map(a, [a, a, a, a, a, a, a, a, a, a])", count: 30)
    let double = String(repeating: ".map(s, s + s)", count: 60)
    let written = text.replacing("LIST", with: list).replacing("GROW", with: grow).replacing("DOUBLE", with: double)
      .replacing("TEXT", with: "'\(String(repeating: "a", count: 1000))'")
    let start = ContinuousClock.now
    #expect(evaluated(written) == "error: the expression takes more steps than its limit")
    #expect(ContinuousClock.now - start < .seconds(60))
  }

  @Test func `the limit is not absorbed`() {
    #expect(
      evaluated("[1, 2, 3, 4].all(x, x > 0) || true", budget: 2)
        == "error: the expression takes more steps than its limit")
  }

  @Test(arguments: [
    String(repeating: "[", count: 240) + String(repeating: "]", count: 240),
    "1" + String(repeating: " + 1", count: 240), String(repeating: "!", count: 240) + "true",
    String(repeating: "false ? 1 : ", count: 240) + "2", "[1]" + String(repeating: ".map(x, [x])", count: 120),
    String(repeating: "dyn(", count: 240) + "1" + String(repeating: ")", count: 240),
    String(repeating: "[1].map(x, ", count: 120) + "x" + String(repeating: ")", count: 120),
  ])
  func `the deepest expression is evaluated`(text: String) {
    let value = evaluated(text)
    #expect(!value.hasPrefix("error") && !value.hasPrefix("problem"))
  }

  @Test(arguments: [
    ("'ab'.replace('', '-', -9223372036854775808)", "\"-a-b-\""),
    ("'a'.split('a', -9223372036854775808)", "[\"\", \"\"]"),
    ("'a'.replace('a', 'b', 9223372036854775807)", "\"b\""),
    ("'a'.indexOf('a', -9223372036854775808)", "error: index out of range: -9223372036854775808"),
    ("[1][9223372036854775807]", "error: index out of range: 9223372036854775807"),
    ("int('-9223372036854775808') % -1", "error: int overflow"),
    ("timestamp(9223372036854775807)", "error: timestamp overflow"),
    ("duration('99999999999999999999h')", "error: no conversion of \"99999999999999999999h\" to duration"),
    ("'b'.matches('[acdegikmoqsuwyACEGIKM]')", "false"), ("'w'.matches('[acdegikmoqsuwyACEGIKM]')", "true"),
  ])
  func `numbers at the ends of their types never trap`(text: String, expected: String) {
    #expect(evaluated(text) == expected)
  }

  @Test func `random expressions never trap`() {
    let words = [
      "a", "1", "-9223372036854775808", "1u", "1.5", "'s'", "b'x'", "(", ")", "[", "]", "{", "}", ",", ".", "?", ":",
      "!", "-", "+", "/", "%", "in", "&&", "||", "==", "<", "a.b", "[1,2]", ".size()", ".map(x,", "x", "has(a.b)",
      "int(",
      "substring(", "split('')", "null", ".?b", "now", "'a'.matches(", "'aéb'", ".indexOf(", ".replace(",
    ]
    var state: UInt64 = 7
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    let message = Value.object(Message(fields: ["b": .array(Elements(elements: [.int(1), .null]))]))
    for _ in 0..<20_000 {
      let text = (0..<random(12)).map { _ in words[random(words.count)] }.joined(separator: random(2) == 0 ? "" : " ")
      _ = evaluated(text, [("a", .dyn, message)])
    }
  }

  @Test(arguments: [
    ("msg.price > 100.0 && msg.symbol in ['ACME', 'INIT']", "true"), ("msg.price * 2", "203.0"),
    ("msg.none", "error: no such field: none"), ("has(msg.none)", "false"), ("msg.?none.orValue(1)", "1"),
    ("msg.list[1]", "2"), ("msg.list.map(x, x + 1)", "[2, 3]"), ("msg.list + [3] == [1, 2, 3]", "true"),
    ("'price' in msg", "true"), ("msg.size()", "3"), ("size(msg.list)", "2"),
    ("msg.symbol.price", "error: no matching overload: string.price"),
    ("msg.all(k, k != '')", "true"), ("2 in msg.list", "true"),
    ("msg == {'price': 101.5, 'symbol': 'ACME', 'list': [1, 2]}", "true"),
  ])
  func `a message is read through its own view`(text: String, expected: String) {
    let list = Value.array(Elements(elements: [.int(1), .int(2)]))
    let message = Value.object(Message(fields: ["price": .double(101.5), "symbol": .string("ACME"), "list": list]))
    #expect(evaluated(text, [("msg", .dyn, message)]) == expected)
  }
}
