import Testing

@testable import Expressions

private func matches(_ pattern: String, _ text: String, budget: Int = .max) throws -> Bool {
  var frame = Frame(EvaluationContext([:], budget: budget), localCount: 0)
  return try RegularExpression(pattern).matches(text, &frame)
}

@Suite struct RegularExpressionTests {
  @Test(arguments: [
    ("abc", "xabcx", true), ("^abc$", "abc", true), ("^abc$", "abcd", false), ("a|b", "b", true), ("", "", true),
    ("a*", "", true), ("a+", "", false), ("^a?$", "aa", false), ("^a{2,3}$", "aaa", true), ("^a{2,3}$", "aaaa", false),
    ("^a{2}$", "aa", true), ("^a{2,}$", "aaaaa", true), ("a{x", "a{x", true), ("[a-c]", "b", true),
    ("[^a-c]", "b", false), ("[]a]", "]", true), ("[a-]", "-", true), ("^\\d+$", "123", true), ("\\D", "1", false),
    ("\\w\\W", "a ", true), ("\\s", "\t", true), ("\\bfoo\\b", "a foo b", true), ("\\bfoo\\b", "afoo", false),
    ("\\Bo", "foo", true), ("(?i)ABC", "abc", true), ("(?i:a)B", "AB", true), ("(?i:a)B", "Ab", false),
    ("(?i)[a-c]", "B", true), ("(?i)É", "é", true), (".", "\n", false), ("(?s).", "\n", true), ("^b$", "a\nb", false),
    ("(?m)^b$", "a\nb\nc", true), ("a.c", "aéc", true), ("(a|b)*c", "ababc", true), ("(?:ab)+?c", "ababc", true),
    ("(?P<x>a)(?<y>b)", "ab", true), ("[[:alpha:]]+", "1a", true), ("[[:^digit:]]", "1", false), ("\\x41", "A", true),
    ("\\x{1F600}", "😀", true), ("\\pL", "é", true), ("^\\p{Lu}$", "a", false), ("\\.", "a", false),
    ("\\A\\z", "", true),
    ("[\\d.]+", "1.5", true), ("^[^\\W\\d]$", "a", true), ("(|a)*b", "aab", true), ("(a*)*$", "aaa", true),
  ])
  func `patterns match as in RE2`(pattern: String, text: String, expected: Bool) throws {
    #expect(try matches(pattern, text) == expected)
  }

  @Test(arguments: [
    "(", ")", "a)", "[a", "*", "a**", "\\", "(?=a)", "(?<=a)", "(a)\\1", "a{1001}", "a{3,2}", "[z-a]", "\\p{Greek}",
    "(a{1000}){1000}", "((a{100}){100}){100}", "(((){1000}){1000}){1000}", "[[:foo:]]", "\\q",
    String(repeating: "(", count: 5000),
  ])
  func `wrong and too large patterns are refused`(pattern: String) {
    #expect(throws: RegularExpression.Mistake.self) { try RegularExpression(pattern) }
  }

  @Test(arguments: ["(a*)*b", "(a+)+b", "(a|a)*b", "(a|aa)+$b", "(.*)*x", "(a?){50}a{50}b", "^(([a-z])+.)+[A-Z]$"])
  func `a pattern that backtracks elsewhere is linear`(pattern: String) throws {
    // A hundred visits are one step, and no pattern here has 200 instructions.
    #expect(try !matches(pattern, String(repeating: "a", count: 2000), budget: 2000 * 200 / 100))
  }

  @Test func `a match counts its steps`() {
    let text = String(repeating: "a", count: 100_000)
    #expect(throws: EvaluationError.self) { try matches("(a?){50}a{50}b", text, budget: 1000) }
  }
}
