import ConfigText
import Testing

@Suite struct TextCheckTests {
  private func problems(_ bytes: [UInt8]) -> [String] {
    ConfigLoader(environment: [:]).load(bytes: bytes, file: "a.yaml").diagnostics.map(brief)
  }

  @Test(arguments: [[0xFF], [0xC3], [0xC3, 0x28], [0xE2, 0x82], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80]])
  func `invalid UTF-8 is an error where it starts`(_ wrong: [UInt8]) {
    let byte = String(wrong[0], radix: 16, uppercase: true)
    let message = "invalid UTF-8 (byte 0x\(byte)); save the file as UTF-8"
    #expect(problems(Array("a: 1\nä: x".utf8) + wrong) == ["2:5: \(message)"])
    #expect(problems(Array("a: 1\nä: x".utf8) + wrong + Array("y\n".utf8)) == ["2:5: \(message)"])
  }

  @Test func `the line of invalid UTF-8 is shown repaired`() {
    let loaded = ConfigLoader(environment: [:]).load(bytes: Array("a: x".utf8) + [0xFF, 0x0A], file: "a.yaml")
    #expect(
      DiagnosticRenderer(texts: loaded.texts).text(loaded.diagnostics) == """
        a.yaml:1:5: error: invalid UTF-8 (byte 0xFF); save the file as UTF-8
            1 | a: x\u{FFFD}
              |     ^

        """)
  }

  @Test(arguments: [[0xFF, 0xFE, 0x61, 0x00], [0xFE, 0xFF, 0x00, 0x61], [0x61, 0x00, 0x3A, 0x00], [0x00, 0x61]])
  func `UTF-16 is refused by name`(_ bytes: [UInt8]) {
    #expect(problems(bytes) == ["1:1: the file is in UTF-16; save it as UTF-8"])
  }

  @Test func `a control character is an error where it is`() {
    let message = "YAML may not hold the control character"
    #expect(problems(Array("a: x\u{1}\n".utf8)) == ["1:5: \(message) U+0001; write \"\\u0001\" in double quotes"])
    #expect(problems(Array("a: b\nx: é\u{0}\n".utf8)) == ["2:5: \(message) U+0000; write \"\\u0000\" in double quotes"])
    #expect(problems(Array("a: \u{9F}\n".utf8)) == ["1:4: \(message) U+009F; write \"\\u009F\" in double quotes"])
  }

  @Test func `what YAML allows passes`() {
    #expect(problems(Array("a: \"\t\u{A0}\u{E000}\u{FFFD}😀\"\n".utf8)) == [])
  }
}
