import Testing

@testable import Expressions

@Suite struct OperatorTests {
  @Test(arguments: [
    ("1 + 2", "3"), ("5 - 7", "-2"), ("3 * 4", "12"), ("7 / 2", "3"), ("-7 / 2", "-3"), ("7 % 3", "1"),
    ("-7 % 3", "-1"), ("1u + 2u", "3u"), ("7u / 2u", "3u"), ("7u % 4u", "3u"), ("1.5 + 2.0", "3.5"),
    ("1.0 / 0.0", "Infinity"), ("-(2)", "-2"), ("'a' + 'b'", "\"ab\""), ("b'a' + b'b'", "b\"ab\""),
    ("[1] + [2]", "[1, 2]"),
    ("9223372036854775807 + 1", "error: int overflow"), ("-9223372036854775808 - 1", "error: int overflow"),
    ("9223372036854775807 * 2", "error: int overflow"), ("-(-9223372036854775808)", "error: int overflow"),
    ("-9223372036854775808 / -1", "error: int overflow"), ("0u - 1u", "error: uint overflow"),
    ("18446744073709551615u + 1u", "error: uint overflow"), ("1 / 0", "error: divide by zero"),
    ("1 % 0", "error: divide by zero"), ("1u / 0u", "error: divide by zero"),
    ("dyn(1) + 0.5", "1.5"), ("dyn('a') + 1", "error: no matching overload: string + int"),
    ("1 == 1.0", "true"), ("1u == 1", "true"), ("dyn(1) == 'a'", "false"), ("dyn(null) == 0", "false"),
    ("9007199254740993 == 9007199254740992.0", "false"), ("9007199254740993 > 9007199254740992.0", "true"),
    ("18446744073709551615u > -1", "true"), ("-1 < 0u", "true"), ("1 < 1.5", "true"),
    ("0.0 / 0.0 == 0.0 / 0.0", "false"),
    ("0.0 / 0.0 < 1.0", "false"), ("'a' < 'b'", "true"), ("b'a' < b'b'", "true"), ("false < true", "true"),
    ("'é' == 'e\\u0301'", "false"), ("'\\uFFFD' < '\\U0001F600'", "true"), ("[1, 2.0] == [1.0, 2u]", "true"),
    ("{'a': 1, 'b': 2} == {'b': 2u, 'a': 1.0}", "true"), ("[1] != [1, 2]", "true"),
    ("2 in [1, 2]", "true"), ("2.0 in [1, 2]", "true"), ("'a' in {'a': 1}", "true"), ("'b' in ['a']", "false"),
    ("true ? 1 : 2", "1"), ("false ? 1 : 2", "2"), ("!true", "false"),
    ("[1, 2][1]", "2"), ("[1, 2][2]", "error: index out of range: 2"), ("[1][-1]", "error: index out of range: -1"),
    ("{'a': 1}.a", "1"), ("{'a': 1}['a']", "1"), ("{'a': 1}.b", "error: no such field: b"),
    ("{1: 'x'}[1u]", "\"x\""), ("{1: 'x'}[2]", "error: no such key: 2"),
    ("{1: 2, 1u: 3}", "error: a key of the map stands twice"), ("{'a': 1}.`a`", "1"),
    ("has({'a': null}.a)", "true"), ("has({'a': 1}.b)", "false"),
    ("timestamp('2026-01-01T00:00:00Z') - timestamp('2025-12-31T00:00:00Z')", "duration(\"86400s\")"),
    ("timestamp('2026-01-01T00:00:00Z') + duration('1.5s')", "timestamp(\"2026-01-01T00:00:01.5Z\")"),
    ("timestamp('9999-12-31T23:59:59Z') + duration('1s')", "error: timestamp overflow"),
    ("timestamp('0001-01-01T00:00:00Z') - duration('1ns')", "error: timestamp overflow"),
    ("duration('1m') > duration('59s')", "true"), ("duration('1m') - duration('2m')", "duration(\"-60s\")"),
  ])
  func `operators have the values of the specification`(text: String, expected: String) {
    #expect(evaluated(text) == expected)
  }

  @Test(arguments: [
    ("true || e", "true"), ("e || true", "true"), ("false || e", "E"), ("e || false", "E"), ("e || e", "E"),
    ("false && e", "false"), ("e && false", "false"), ("true && e", "E"), ("e && true", "E"), ("e && e", "E"),
    ("dyn(1) || true", "true"), ("dyn('a') && false", "false"), ("true ? 1 : e", "1"), ("false ? e : 2", "2"),
    ("e ? 1 : 2", "E"), ("[0, 1].exists(x, 1 / x == 1)", "true"), ("[0, 2].exists(x, 1 / x == 1)", "E"),
    ("[0, 1].all(x, 1 / x == 5)", "false"), ("[0, 1].all(x, 1 / x == 1)", "E"),
    ("[0, 1].exists_one(x, 1 / x == 1)", "E"), ("[0].map(x, 1 / x)", "E"), ("[0].filter(x, 1 / x > 0)", "E"),
  ])
  func `what decides absorbs errors`(text: String, expected: String) {
    let withError = text.replacing("e", with: "(1 / 0 > 0)", when: text.hasPrefix("e ") || text.contains(" e"))
    let want = expected == "E" ? "error: divide by zero" : expected
    #expect(evaluated(withError) == want)
  }

  @Test(arguments: [
    ("[1, 2, 3].all(x, x > 0)", "true"), ("[].all(x, false)", "true"), ("[].exists(x, true)", "false"),
    ("[1, 2, 3].exists(x, x > 2)", "true"), ("[1, 2, 2].exists_one(x, x == 2)", "false"),
    ("[1, 2].existsOne(x, x == 2)", "true"), ("[1, 2].map(x, x * 2)", "[2, 4]"),
    ("[1, 2, 3].map(x, x > 1, x * 2)", "[4, 6]"), ("[1, 2, 3].filter(x, x % 2 == 1)", "[1, 3]"),
    ("{'a': 1, 'b': 2}.all(k, k in ['a', 'b'])", "true"), ("{'a': 1}.map(k, k)", "[\"a\"]"),
    ("[[1], [2]].map(x, x.map(y, y + x[0]))", "[[2], [4]]"), ("[1].map(x, [2].map(x, x))", "[[2]]"),
    ("{'a': 1}.?a.orValue(0)", "1"), ("{'a': 1}.?b.orValue(0)", "0"), ("{'a': {'b': 1}}.?a.b.value()", "1"),
    ("{'a': 1}[?'b'].hasValue()", "false"), ("[1][?3].orValue(7)", "7"), ("[?optional.none(), 1]", "[1]"),
    ("{?'a': optional.of(1), ?'b': optional.none()}", "{\"a\": 1}"),
    ("optional.none().value()", "error: the optional has no value"),
  ])
  func `macros and optionals`(text: String, expected: String) {
    #expect(evaluated(text) == expected)
  }
}

extension String {
  /// Replaces the word `e`.
  func replacing(_ word: String, with other: String, when applies: Bool) -> String {
    guard applies else { return self }
    return split(separator: " ", omittingEmptySubsequences: false).map { $0 == word ? other : String($0) }
      .joined(separator: " ")
  }
}
