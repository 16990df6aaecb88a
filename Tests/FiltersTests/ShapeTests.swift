import ConfigText
import Filters
import Testing

/// Filters that shape one message: where, pick, drop, rename, set, map, text.
@Suite struct ShapeTests {
  @Test func `where keeps the messages for which its expression is true`() throws {
    var bench = try Bench("- where: msg.price > 100 && msg.symbol in ['ACME', 'INIT']")
    let big = #"{"symbol":"ACME","price":101}"#
    #expect(bench.give(big, #"{"symbol":"ACME","price":1}"#, #"{"symbol":"X","price":101}"#) == [big])
    #expect(bench.give(#"{"symbol":"INIT"}"#, "no JSON", big) == [big])
    #expect(bench.failures() == ["where: no such field: price × 1", "where: the message is no JSON × 1"])
  }

  /// The plain form, and the same condition written so that it is not.
  @Test(arguments: [
    "msg.a > 1", "msg.a >= 1", "1 < msg.a", "msg.a != 1.0", "msg.a == 1", "2.5 >= msg.a", "msg.a == \"x\"",
    "\"x\" != msg.a", "msg.a == \"ä\"", "msg.a > 1 && msg.b == \"x\"", "msg.b != \"x\" && msg.a < 100",
    "msg.a.b == 1", "msg.a < 9007199254740993", "msg.a == 9007199254740992", "msg.a == true",
  ]) func `a plain condition holds as the expression does`(condition: String) throws {
    let values = [
      "1", "1.0", "2", "-1", "0.5", "1e0", "1e400", "-1e400", "9007199254740992", "9007199254740993",
      "9007199254740993.0",
      "18446744073709551615", "\"x\"", "\"\\u0078\"", "\"ä\"", "\"\"", "null", "true", "[1]", "{\"b\":1}",
      "{\"b\":1.0}",
    ]
    var messages = values.map { "{\"a\":\($0)}" }
    for value in values { messages += values.map { "{\"a\":\(value),\"b\":\($0)}" } }
    messages += ["{}", "[]", "1", "nothing", "{\"a\":1,\"a\":2}", "{\"b\":\"x\"}"]
    var plain = try Bench("- where: '\(condition)'")
    var other = try Bench("- where: '(\(condition)) ? true : false'")
    #expect(plain.give(messages) == other.give(messages))
    #expect(plain.failures() == other.failures())
  }

  @Test func `what a filter does not touch keeps its exact text`() throws {
    var bench = try Bench(
      """
      - pick: [b, a, n.x]
      - rename: {b: c}
      - set: {z: 'msg.c + 1'}
      """)
    let out = bench.give(#"{ "a" : 1e400, "b":1, "n":{"x": 12345678901234567890123, "y":0}, "q":"\u0041" }"#)
    #expect(out == [#"{ "a" : 1e400, "c":1, "n":{"x": 12345678901234567890123},"z":2 }"#])
  }

  @Test func `set takes all values from the message as it was before`() throws {
    var bench = try Bench("- set: {a: msg.b, b: msg.a}")
    #expect(bench.give(#"{"a":1,"b":[1.10, 2]}"#) == [#"{"a":[1.10, 2],"b":1}"#])
  }

  @Test func `a field that is copied keeps its spelling`() throws {
    var bench = try Bench(
      """
      - set: {b: msg.a, c: msg.n.x}
      - map: msg
      """)
    #expect(
      bench.give(#"{"a":1.10,"n":{"x":12345678901234567890123}}"#, #"{"a":1}"#)
        == [#"{"a":1.10,"n":{"x":12345678901234567890123},"b":1.10,"c":12345678901234567890123}"#])
    #expect(bench.failures() == ["set: no such field: n.x × 1"])
  }

  @Test func `map puts the value of an expression in place of the message`() throws {
    var bench = try Bench(#"- map: '{"s": msg.s, "n": size(msg.list), "x": msg.deep}'"#)
    #expect(
      bench.give(#"{"s":"ä\"","list":[1,2],"deep":{"k": 1.0}}"#) == [#"{"s":"ä\"","n":2,"x":{"k": 1.0}}"#])
  }

  @Test func `text makes a line of fields`() throws {
    var bench = try Bench(#"- text: "{.symbol} {{at}} {.price} {.tags[0]}""#)
    #expect(bench.give(#"{"symbol":"A\u00e4","price":1.10,"tags":["x"]}"#) == ["Aä {at} 1.10 x"])
  }

  @Test func `an expression reads the parameters of path and query`() throws {
    var bench = try Bench(
      "- where: msg.symbol == params.symbol && (!has(query.min) || msg.price >= double(query.min))",
      params: ["symbol": "ACME"], query: ["min": "10"])
    #expect(
      bench.give(#"{"symbol":"ACME","price":9}"#, #"{"symbol":"ACME","price":10}"#, #"{"symbol":"B","price":10}"#)
        == [#"{"symbol":"ACME","price":10}"#])
  }

  @Test func `a message that fails goes on unchanged with on_error pass`() throws {
    var bench = try Bench("- {set: {a: msg.b}, on_error: pass}")
    #expect(bench.give(#"{"c":1}"#, #"{"b":1}"#) == [#"{"c":1}"#, #"{"b":1,"a":1}"#])
  }

  @Test func `mistakes in a chain are told with their places`() {
    let (_, problems) = Bench.decode(
      """
      - wehre: msg.a
      - where: msg.a +
      - where: 1 + 1
      - pick: ["a[x]"]
      - {where: msg.a, pick: [a]}
      - text: "{symbol}"
      """)
    #expect(problems.count == 6, "\(problems)")
    #expect(problems[0] == "1:3: there is no filter 'wehre'; did you mean 'where'?")
  }

  @Test(arguments: [
    (
      "- where: price > 1",
      "1:10: there is no variable \"price\"; a field is msg.price, and a text has quotes of its own"
    ),
    ("- where: mgs.price > 1", "1:10: there is no variable \"mgs\"; did you mean \"msg\"?"),
    ("- where: msg.a = 1", "1:16: \"=\" has no meaning here; equality is \"==\""),
    (
      "- set: {state: ok}",
      "1:16: there is no variable \"ok\"; a field is msg.ok, and a text has quotes of its own: \"'ok'\""
    ),
    (
      "- text: {.symbol}",
      "1:9: expected a text with fields such as \"{.symbol} {.price}\", got a mapping (what starts with"
    ),
    ("- map: {a: msg.a}", "1:8: expected an expression such as msg.price > 100, got a mapping (what starts with"),
    ("- pick: []", "1:9: 'pick' needs a field"), ("- drop: []", "1:9: 'drop' needs a field"),
    ("- pick: [a, msg.b]", "1:13: 'msg.b' is a field within one that is called msg; the message's own is 'b'"),
  ]) func `common slips are told what was meant`(chain: String, problem: String) {
    let (_, problems) = Bench.decode(chain)
    #expect(problems.count == 1, "\(problems)")
    #expect(problems.first?.hasPrefix(problem) == true, "\(problems)")
  }

  @Test(arguments: ["where", "where msg.a > 1", "'where: msg.a > 1'"])
  func `a filter that is written as a text is told to be a mapping`(text: String) throws {
    let (decoded, _) = Bench.decode("- \(text)")
    var reader = ConfigReader()
    let chain = try #require(decoded)
    NamedChains().check(chain, in: .source("s"), &reader)
    #expect(reader.diagnostics.count == 1)
    #expect(reader.diagnostics.first?.message.contains("a filter is written as a mapping") == true)
  }
}
