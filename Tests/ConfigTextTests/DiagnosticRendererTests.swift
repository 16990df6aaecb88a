import ConfigText
import Testing

@Suite struct DiagnosticRendererTests {
  private func shown(_ text: String, _ diagnostics: Diagnostic...) -> String {
    DiagnosticRenderer(texts: load(text).texts).text(diagnostics)
  }

  private func place(_ line: Int, _ column: Int, _ length: Int = 1) -> Place {
    Place(file: "a.yaml", line: line, column: column, length: length)
  }

  @Test func `a diagnostic shows its line under a caret, with a suggestion`() {
    var texts = SourceTexts()
    let text = "sources:\n  ticks:\n    exec: [feed]\n\nroutes:\n  /stocks:\n    form: ticks\n"
    texts.add(file: "routes/stocks.yaml", bytes: Array(text.utf8))
    let diagnostic = Diagnostic(
      "unknown key 'form' in route '/stocks'", at: Place(file: "routes/stocks.yaml", line: 7, column: 5, length: 4),
      suggestion: "from")
    #expect(
      DiagnosticRenderer(texts: texts).text([diagnostic]) == """
        routes/stocks.yaml:7:5: error: unknown key 'form' in route '/stocks'; did you mean 'from'?
            7 |     form: ticks
              |     ^~~~

        """)
  }

  @Test func `control characters in a message are shown, not sent to the terminal`() {
    #expect(shown("a: 1\n", Diagnostic("no 'a\tb\u{1B}'", at: nil)) == "error: no 'a\\tb\\u{1b}'\n")
  }

  @Test func `notes follow their diagnostic`() {
    #expect(
      DiagnosticRenderer(texts: load("a: 1\na: 2\n").texts).text(load("a: 1\na: 2\n").diagnostics) == """
        a.yaml:2:1: error: duplicate key 'a'
            2 | a: 2
              | ^
        a.yaml:1:1: note: first defined here
            1 | a: 1
              | ^

        """)
  }

  @Test func `what has no place or no text is shown without a line`() {
    #expect(
      shown("a: 1\n", Diagnostic("far", at: Place(file: "b.yaml", line: 3)), Diagnostic("away", at: nil))
        == "error: away\nb.yaml:3:1: error: far\n")
    #expect(shown("a: 1", Diagnostic("beyond", at: place(9, 1))) == "a.yaml:9:1: error: beyond\n")
  }

  @Test func `a warning says so`() {
    #expect(shown("", Diagnostic("odd", at: nil, severity: .warning)) == "warning: odd\n")
  }

  @Test func `diagnostics are sorted by file in the order of loading, then by line and column`() {
    var texts = SourceTexts()
    for file in ["z.yaml", "a.yaml"] { texts.add(file: file, bytes: []) }
    let places = [("a.yaml", 1, 1), ("z.yaml", 2, 1), ("z.yaml", 1, 9), ("z.yaml", 1, 2)]
    let diagnostics = places.map { Diagnostic("m", at: Place(file: $0.0, line: $0.1, column: $0.2)) }
    let heads = DiagnosticRenderer(texts: texts).text(diagnostics).split(separator: "\n").filter { $0.contains("m") }
    #expect(heads.map { $0.prefix(10) } == ["z.yaml:1:2", "z.yaml:1:9", "z.yaml:2:1", "a.yaml:1:1"])
  }

  @Test func `a tab is shown as one space, and wide characters take two`() {
    #expect(shown("a:\tb\n", Diagnostic("m", at: place(1, 4))).hasSuffix("    1 | a: b\n      |    ^\n"))
    #expect(
      shown("漢: e\u{301}😀x\n", Diagnostic("m", at: place(1, 7, 1)))
        .hasSuffix("    1 | 漢: e\u{301}😀x\n      |        ^\n"))
    #expect(shown("漢字: x\n", Diagnostic("m", at: place(1, 1, 2))).hasSuffix("      | ^~~~\n"))
  }

  @Test func `control and direction characters are made visible`() {
    #expect(
      shown("a\u{1B}[1m\u{202E}b\n", Diagnostic("m", at: place(1, 7)))
        .hasSuffix("    1 | a\\u{1b}[1m\\u{202e}b\n      |" + String(repeating: " ", count: 19) + "^\n"))
    let file = Place(file: "x\ny", line: 1)
    #expect(shown("", Diagnostic("m", at: file)) == "x\\ny:1:1: error: m\n")
  }

  @Test func `a tail ends with its line`() {
    #expect(shown("a: b\n", Diagnostic("m", at: place(1, 4, 50))).hasSuffix("      |    ^\n"))
    #expect(shown("a: b\n", Diagnostic("m", at: place(1, 5))).hasSuffix("      |     ^\n"))
    #expect(shown("a: b\n", Diagnostic("m", at: place(1, 99))).hasSuffix("      |     ^\n"))
  }

  @Test func `a long line is cut around its caret`() {
    let letters = String(repeating: "x", count: 500)
    let middle = shown(letters + "HERE" + letters, Diagnostic("m", at: place(1, 501, 4))).split(separator: "\n")
    let cut = String(repeating: "x", count: 49)
    #expect(middle[1] == "    1 | …\(cut)HERE\(cut.dropLast(4))…")
    #expect(middle[2] == "      |  \(String(repeating: " ", count: 49))^~~~")
    let start = shown("HERE" + letters, Diagnostic("m", at: place(1, 1, 4))).split(separator: "\n")
    #expect(start[1] == "    1 | HERE\(String(repeating: "x", count: 94))…")
    #expect(start[2] == "      | ^~~~")
    let end = shown(letters + "HERE", Diagnostic("m", at: place(1, 501, 400))).split(separator: "\n")
    #expect(end[1] == "    1 | …\(String(repeating: "x", count: 94))HERE")
    #expect(end[2].hasSuffix(" ^~~~"))
  }

  @Test func `the gutter grows with the line number`() {
    let text = String(repeating: "\n", count: 123_455) + "a: 1\n"
    #expect(shown(text, Diagnostic("m", at: place(123_456, 1))).hasSuffix("123456 | a: 1\n       | ^\n"))
    #expect(shown(text, Diagnostic("m", at: place(99, 1))).hasSuffix("   99 | \n      | ^\n"))
  }

  @Test func `long values are cut in messages`() {
    #expect(VisibleText.quoted(String(repeating: "x", count: 61)) == "'\(String(repeating: "x", count: 60))…'")
    #expect(VisibleText.quoted("a\nb\u{200B}") == "'a\\nb\\u{200b}'")
  }
}
