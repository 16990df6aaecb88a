import ConfigText
import Testing

@Suite struct DiagnosticJSONTests {
  @Test func `each diagnostic is an object on its line, sorted, with nulls for what is unknown`() {
    var texts = SourceTexts()
    texts.add(file: "a.yaml", bytes: [])
    let place = Place(file: "a.yaml", line: 2, column: 3, length: 4)
    let json = DiagnosticRenderer(texts: texts).json([
      Diagnostic(
        "unknown key", at: place, suggestion: "from", notes: [.init(place: Place(file: "a.yaml"), message: "here")]),
      Diagnostic("odd", at: nil, severity: .warning),
    ])
    let nulls = #""file":null,"line":null,"column":null,"length":null"#
    let first = #""file":"a.yaml","line":1,"column":1,"length":1,"message":"here""#
    let second = #""file":"a.yaml","line":2,"column":3,"length":4,"message":"unknown key","suggestion":"from""#
    #expect(
      json == """
        [
        {"severity":"warning",\(nulls),"message":"odd","suggestion":null,"notes":[]},
        {"severity":"error",\(second),"notes":[{\(first)}]}
        ]

        """)
  }

  @Test func `strings are escaped`() {
    let json = DiagnosticRenderer(texts: SourceTexts()).json([Diagnostic("\"\\\n\t\r\u{1}é😀", at: nil)])
    #expect(json.contains(#""message":"\"\\\n\t\r\u0001é😀""#))
  }

  @Test func `no diagnostics are an empty array`() {
    #expect(DiagnosticRenderer(texts: SourceTexts()).json([]) == "[]\n")
  }
}
