import Filters
import Testing

@Suite struct RegexTests {
  @Test func `a message that matches becomes an object of the named groups, any other is dropped`() throws {
    var bench = try Bench(#"- regex: {match: '^(?P<user>\w+) (bought|sold) (?<count>\d+)( at (?P<price>[\d.]+))?'}"#)
    #expect(
      bench.give("ann bought 3 at 1.10", "bob sold 7", "hello", "\"x\" sold 1")
        == [#"{"user":"ann","count":"3","price":"1.10"}"#, #"{"user":"bob","count":"7","price":null}"#])
    #expect(bench.failures() == [])
    #expect(bench.give(bytes: [0xFF]) == [])
    #expect(bench.failures() == ["regex: the message is no text × 1"])
  }

  // Go's regexp/all_test.go
  @Test(arguments: [
    ("b", "x", "abc", "axc"), ("[a-c]*", "x", "", "x"), ("[a-c]*", "x", "*", "x*x"), ("[a-c]*", "x", "5*b", "x5x*x"),
    ("[a-c]*", "x", "ade", "xdxex"), ("^[a-c]*", "x", "abcabc", "x"), ("^[a-c]*", "x", "*abc", "x*abc"),
    ("[a-c]+$", "x", "*abcabc", "*x"), ("abc", "def", "abcdefg", "defdefg"),
    ("bc", "BC", "abcbcdcdedef", "aBCBCdcdedef"),
    ("x", "xXx", "xxxXxxx", "xXxxXxxXxXxXxxXxxXx"), (".", "d", "abc", "ddd"), ("[^aeiou]", "d", "日本語", "ddd"),
    ("[a-c]*", "(${0})", "5*b", "()5()*(b)"), ("a+", "($0)", "banana", "b(a)n(a)n(a)"),
    ("hello, (.+)", "goodbye, ${1}", "hello, world", "goodbye, world"),
    ("hello, (?P<noun>.+)", "goodbye, $noun!", "hello, world", "goodbye, world!"),
    ("(x)?y", "[$1]", "xyy", "[x][]"), ("a", "$$1 $ $", "a", "$1 $ $"), ("(a)(b)", "$2$1", "abab", "baba"),
    ("(?i)ä", "-", "äÄa", "--a"), ("", "-", "日本", "-日-本-"), ("a*", "-", "baaac", "-b-c-"),
    ("\\bx", "y", "x ax x", "y ax y"),
  ])
  func `all matches are replaced`(pattern: String, text: String, message: String, expected: String) throws {
    func quoted(_ text: String) -> String {
      "'" + text.replacing("'", with: "''").replacing("$$", with: "$$$$").replacing("${", with: "$${") + "'"
    }
    var bench = try Bench("- regex: {match: \(quoted(pattern)), replace: \(quoted(text))}")
    #expect(bench.give(message) == [expected])
  }

  @Test func `what does not match passes unchanged with 'replace'`() throws {
    var bench = try Bench("- regex: {match: '\\d{16}', replace: '****'}")
    #expect(bench.give("no card", "1234123412341234.") == ["no card", "****."])
  }

  @Test func `a pattern that takes too many steps fails on the message`() throws {
    var bench = try Bench("- regex: {match: '(a?){50}(a|b)*c', replace: x}")
    #expect(bench.give(String(repeating: "a", count: 1 << 20)) == [])
    #expect(bench.failures() == ["regex: the pattern takes more steps than its limit × 1"])
  }
}
