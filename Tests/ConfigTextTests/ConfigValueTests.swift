import ConfigText
import Testing

private enum Then: String, ConfigChoice {
  case skip, latest, close
}

@Suite struct ConfigValueTests {
  @Test func `a choice is one of its words`() {
    #expect(decode(Then.self, "latest").value == .latest)
    #expect(decode(Then.self, "'close'").value == .close)
    #expect(
      decode(Then.self, "skp").problems == ["expected one of skip, latest, close; got 'skp'; did you mean 'skip'?"])
    #expect(decode(Then.self, "[skip]").problems == ["expected one of skip, latest, close; got a list"])
    #expect(decode(Then.self, "~").problems == ["expected one of skip, latest, close; got nothing"])
  }

  @Test func `a list decodes each element and reports each wrong one`() {
    #expect(decode([Int].self, "[1, 2]").value == [1, 2])
    #expect(decode([Int].self, "[]").value == [])
    let wrong = decode([Int].self, "[1, x, 2, y]")
    #expect(wrong.value == nil)
    #expect(wrong.problems == ["expected a whole number, got 'x'", "expected a whole number, got 'y'"])
    #expect(decode([Int].self, "1").problems == ["expected a list, each a whole number, got '1'"])
  }

  @Test func `one or many takes a value or a list`() {
    #expect(decode(OneOrMany<Int>.self, "1").value == OneOrMany([1]))
    #expect(decode(OneOrMany<Int>.self, "[1, 2]").value?.values == [1, 2])
    #expect(decode(OneOrMany<Int>.self, "[x]").problems == ["expected a whole number, got 'x'"])
    #expect(OneOrMany<Int>.expectation == "a whole number, or a list of such")
  }

  @Test func `a mapping with free keys decodes each value`() {
    #expect(decode([String: Int].self, "{a: 1, b: 2}").value == ["a": 1, "b": 2])
    #expect(
      decode([String: Int].self, "{a: x, b: , c: 1}").problems
        == ["expected a whole number, got 'x'", "'b' has no value"])
    #expect(decode([String: Int].self, "[a]").value == nil)
  }

  @Test func `a located value knows its place and compares without it`() {
    let located = decode(Located<Int>.self, "  7").value
    #expect(at(located?.place) == "1:6+1")
    #expect(located == Located(7, at: Place(file: "b.yaml")))
    #expect(located != Located(8, at: Place(file: "a.yaml", line: 1, column: 6)))
    #expect(Set([located, Located(7, at: Place(file: "b.yaml"))]).count == 1)
    #expect(Located<Int>.expectation == Int.expectation)
  }
}
