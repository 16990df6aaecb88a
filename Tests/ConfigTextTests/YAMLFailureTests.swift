import ConfigText
import Testing

@Suite struct YAMLFailureTests {
  @Test(arguments: ["a:\n\tb: 1\n", "a:\n  b: 1\n\tc: 2\n", "a:\n \t- x\n"])
  func `a tab that indents is told so`(_ text: String) {
    #expect(problems(text).map { $0.drop { $0 != " " } } == [" tabs may not indent YAML; use spaces"])
  }

  @Test func `a tab between a key and its value is no error`() throws {
    #expect(try root("a:\tb\n")["a"]?.scalar?.text == "b")
  }

  @Test func `what YAML was reading is told with its place`() {
    let loaded = load("a:\n  b: 1\n c: 2\n")
    #expect(loaded.diagnostics.map(brief) == ["3:2: did not find expected key, while parsing a block mapping"])
    #expect(loaded.diagnostics.first?.notes.map { "\(at($0.place)) \($0.message)" } == ["1:1+1 it starts here"])
    #expect(loaded.documents.isEmpty)
  }

  @Test func `an open quote or bracket points to where it starts`() {
    #expect(load("a: 'x\nb: 1\n").diagnostics.first?.notes.map { at($0.place) } == ["1:4+1"])
    #expect(load("a: [1, 2\nb: 1\n").diagnostics.first?.notes.map { at($0.place) } == ["1:4+1"])
  }

  @Test func `an error at the end of a text without a last line break is shown on its last line`() {
    #expect(problems("a: 1\nb: {c: 1").map { $0.prefix { $0 != " " } } == ["2:9:"])
    #expect(problems("a: 1\nb: {c: 1\n").map { $0.prefix { $0 != " " } } == ["3:1:"])
  }

  @Test func `what ends with the text is noted on its last line, too`() {
    let diagnostic = load("a:\n  b: {c: ").diagnostics.first
    #expect(([diagnostic?.place] + (diagnostic?.notes.map(\.place) ?? [])).allSatisfy { $0?.line == 2 })
  }

  @Test func `common slips get a hint`() {
    #expect(problems("a: b: c\n").first?.hasSuffix("a text that holds ': ' needs quotes") == true)
    #expect(problems("a: @b\n").first?.hasSuffix("a text that starts with '@' needs quotes") == true)
    #expect(problems("a: *.x\n").first?.hasSuffix("a text that starts with '*' needs quotes") == true)
    let reference = "'${' within [ ] or { } needs quotes (a number needs a line of its own)"
    #expect(problems("a: [${X}]\n").first?.hasSuffix(reference) == true)
    #expect(problems("a: {b: ${X}}\n").first?.hasSuffix(reference) == true)
    #expect(problems("a: &.x\n").first?.hasSuffix("a text that starts with '&' needs quotes") == true)
  }
}
