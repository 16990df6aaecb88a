import Testing

@testable import Expressions

/// All matches of a pattern as Go's FindAllStringSubmatchIndex has them: bytes where the match and its groups start and
/// end, -1 for a group that has no part in it. An empty match right behind another is none.
private func all(_ pattern: String, _ text: String, visits: Int = PatternMatcher.mostVisits) throws -> [[Int]] {
  let expression = try CapturingExpression(pattern)
  var matcher = PatternMatcher(expression)
  var visits = visits
  var matches: [[Int]] = []
  let bytes = Array(text.utf8)
  var start = 0
  var lastEnd = -1
  while start <= bytes.count, try bytes.withText({ try matcher.find(in: $0, from: start, visits: &visits) }) {
    let whole = try #require(matcher.range(of: 0))
    if !whole.isEmpty || whole.lowerBound != lastEnd {
      matches.append(
        (0...expression.groupNames.count).flatMap { group in
          matcher.range(of: group).map { [$0.lowerBound, $0.upperBound] } ?? [-1, -1]
        })
    }
    lastEnd = whole.upperBound
    guard whole.upperBound <= start else {
      start = whole.upperBound
      continue
    }
    start += 1
    while start < bytes.count, bytes[start] & 0xC0 == 0x80 { start += 1 }
  }
  return matches
}

extension [UInt8] {
  fileprivate func withText<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    try withUnsafeBytes(body)
  }
}

@Suite struct CapturingExpressionTests {
  // The cases of Go's regexp/find_test.go, which come from RE2.
  @Test(arguments: [
    ("", "", [[0, 0]]), ("^abcdefg", "abcdefg", [[0, 7]]), ("a+", "baaab", [[1, 4]]), ("abcd..", "abcdef", [[0, 6]]),
    ("x", "y", []), ("b", "abc", [[1, 2]]), (".*", "abcdef", [[0, 6]]), ("^", "abcde", [[0, 0]]),
    ("$", "abcde", [[5, 5]]), ("^abcd$", "abcd", [[0, 4]]), ("^bcd'", "abcdef", []), ("^abcd$", "abcde", []),
    ("a*", "baaab", [[0, 0], [1, 4], [5, 5]]), ("[a-z]+", "abcd", [[0, 4]]), ("[^a-z]+", "ab1234cd", [[2, 6]]),
    ("[a\\-\\]z]+", "az]-bcz", [[0, 4], [6, 7]]), ("[^\\n]+", "abcd\n", [[0, 4]]),
    ("[日本語]+", "日本語日本語", [[0, 18]]), ("日本語+", "日本語", [[0, 9]]), ("()", "", [[0, 0, 0, 0]]),
    ("(a)", "a", [[0, 1, 0, 1]]), ("(.)(.)", "日a", [[0, 4, 0, 3, 3, 4]]), ("(.*)", "", [[0, 0, 0, 0]]),
    ("(.*)", "abcd", [[0, 4, 0, 4]]), ("(..)(..)", "abcd", [[0, 4, 0, 2, 2, 4]]),
    ("(([^xyz]*)(d))", "abcd", [[0, 4, 0, 4, 0, 3, 3, 4]]), ("((a|b|c)*(d))", "abcd", [[0, 4, 0, 4, 2, 3, 3, 4]]),
    ("(((a|b|c)*)(d))", "abcd", [[0, 4, 0, 4, 0, 3, 2, 3, 3, 4]]), ("a*(|(b))c*", "aacc", [[0, 4, 2, 2, -1, -1]]),
    ("(.*).*", "ab", [[0, 2, 0, 2]]), ("[.]", ".", [[0, 1]]), ("/$", "/abc/", [[4, 5]]), ("/$", "/abc", []),
    (".", "abc", [[0, 1], [1, 2], [2, 3]]), ("(.)", "abc", [[0, 1, 0, 1], [1, 2, 1, 2], [2, 3, 2, 3]]),
    (".(.)", "abcd", [[0, 2, 1, 2], [2, 4, 3, 4]]), ("ab*", "abbaab", [[0, 3], [3, 4], [4, 6]]),
    ("a(b*)", "abbaab", [[0, 3, 1, 3], [3, 4, 4, 4], [4, 6, 5, 6]]), ("ab$", "cab", [[1, 3]]), ("axxb$", "axxcb", []),
    ("data", "daXY data", [[5, 9]]), ("da(.)a$", "daXY data", [[5, 9, 7, 8]]), ("zx+", "zzx", [[1, 3]]),
    ("ab$", "abcab", [[3, 5]]), ("(aa)*$", "a", [[1, 1, -1, -1]]), ("(?:(?:^a).)", "", []), ("(?i)\\W", "x", []),
    ("[^\\S\\s]", "abcd", []), ("[^\\D\\d]", "abcd", []), ("\\B", "xx yy", [[1, 1], [4, 4]]),
    ("(|a)*", "aa", [[0, 0, 0, 0], [1, 1, 1, 1], [2, 2, 2, 2]]),
  ])
  func `matches and groups are those of RE2`(pattern: String, text: String, expected: [[Int]]) throws {
    #expect(try all(pattern, text) == expected)
  }

  @Test(arguments: [
    // The first of the ways a backtracking engine would go, not the longest.
    ("a|ab", "ab", [0, 1]), ("ab|a", "ab", [0, 2]), ("(a|ab)(c|bcd)", "abcd", [0, 4, 0, 1, 1, 4]),
    ("(a+)(a+)", "aaa", [0, 3, 0, 2, 2, 3]), ("(a+?)(a+)", "aaa", [0, 3, 0, 1, 1, 3]), ("a*?", "aaa", [0, 0]),
    ("a+?", "aaa", [0, 1]), ("a??b", "ab", [0, 2]), ("(a??)(.*)", "ab", [0, 2, 0, 0, 0, 2]),
    ("a{2,3}", "aaaa", [0, 3]), ("a{2,3}?", "aaaa", [0, 2]), ("a{2,}", "aaaa", [0, 4]), ("a{2,}?", "aaaa", [0, 2]),
    ("(?U)a+", "aaa", [0, 1]), ("(?U)a+?", "aaa", [0, 3]), ("(?U:a+)a*", "aaa", [0, 3]), ("x*", "xx", [0, 2]),
    ("(x)|(y)", "y", [0, 1, -1, -1, 0, 1]), ("(?:(x)|(y))*", "xy", [0, 2, 0, 1, 1, 2]),
    // The last round of a repetition counts.
    ("(a|b)*", "aba", [0, 3, 2, 3]), ("(a){2}", "aa", [0, 2, 1, 2]), ("(a*)*", "b", [0, 0, 0, 0]),
    ("(a*)+", "b", [0, 0, 0, 0]), ("(a*|b)*", "ab", [0, 2, 1, 2]), ("(a|b|)+", "ab", [0, 2, 1, 2]),
    ("(?:a*)*$", "aab", [3, 3]), ("\\bfoo\\b", "a foo", [2, 5]), ("(?m)^b", "a\nb", [2, 3]),
    ("é(.)", "aéü", [1, 5, 3, 5]),
    ("(?i)ä", "xÄ", [1, 3]), ("(?P<x>a)(?<y>b)", "ab", [0, 2, 0, 1, 1, 2]), ("a$", "ba", [1, 2]),
    ("(^|,)b", "a,b", [1, 3, 1, 2]),
  ])
  func `of all matches the first by the pattern's order is found`(pattern: String, text: String, expected: [Int]) throws
  {
    #expect(try all(pattern, text).first == expected)
  }

  @Test func `groups have names`() throws {
    let expression = try CapturingExpression("(?P<year>\\d+)-(\\d+)-(?<day>\\d+)")
    #expect(expression.groupNames == ["year", nil, "day"])
    #expect(expression.group(named: "day") == 3)
    #expect(expression.group(named: "month") == nil)
  }

  @Test(arguments: [
    "(?P<a>x)(?P<a>y)", "(?<a>x)(?P<a>y)", "(?<>x)", "(?<a-b>x)", "(?P>a)", String(repeating: "()", count: 101),
  ])
  func `names that stand twice, and wrong groups, are refused`(pattern: String) {
    #expect(throws: RegularExpression.Mistake.self) { try CapturingExpression(pattern) }
  }

  @Test(arguments: ["(a*)*b", "(a+)+b", "(a|a)*b", "(a|aa)+$b", "(.*)*x", "(a?){50}a{50}b", "^(([a-z])+.)+[A-Z]$"])
  func `finding groups is linear too`(pattern: String) throws {
    let start = ContinuousClock.now
    #expect(try all(pattern, String(repeating: "a", count: 2000)).isEmpty)
    #expect(ContinuousClock.now - start < .seconds(60))
  }

  @Test func `a search ends with its limit`() {
    let text = String(repeating: "a", count: 100_000)
    #expect(throws: EvaluationError.self) { try all("(a?){50}a{50}b", text, visits: 100_000) }
  }

  /// The yes/no engine and the one with captures are two programs of one pattern.
  @Test func `both engines agree on whether a text matches`() throws {
    var random = SystemRandomNumberGenerator()
    let pieces = [
      "a", "b", "(a|b)", "(a*)", "a+?", "(?:ab)*", "(b|)", "^", "$", ".", "[^a]", "(a{2,3})", "\\b", "(|b)*",
    ]
    for _ in 0..<3000 {
      let pattern = (0..<Int.random(in: 1...5, using: &random)).map { _ in pieces.randomElement(using: &random)! }
        .joined()
      let text = String((0..<Int.random(in: 0...6, using: &random)).map { _ in "ab".randomElement(using: &random)! })
      var frame = Frame(EvaluationContext([:], budget: .max), localCount: 0)
      let isMatch = try RegularExpression(pattern).matches(text, &frame)
      #expect(try all(pattern, text).isEmpty != isMatch, "\(pattern) in \(text)")
    }
  }
}
