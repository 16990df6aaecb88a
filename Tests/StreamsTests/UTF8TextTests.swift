import Streams
import Testing

struct UTF8TextTests {
  private func isValid(_ bytes: [UInt8]) -> Bool { bytes.withUnsafeBytes { UTF8Text.isValid($0) } }

  @Test(arguments: ["", "ascii only, longer than eight bytes", "grün", "日本語テキスト", "🙂 and 1234567 🙂", "a\u{0}b"])
  func `text is valid`(text: String) { #expect(isValid(Array(text.utf8))) }

  @Test(
    arguments: [
      [0x80], [0xC0, 0xAF], [0xC1, 0xBF], [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80], [0xF0, 0x8F, 0xBF, 0xBF],
      [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xE2, 0x82], [0xFF], [0x41, 0x42, 0xC3],
    ] as [[UInt8]])
  func `overlong forms, surrogates and cut characters are not valid`(bytes: [UInt8]) {
    #expect(!isValid(bytes))
    #expect(!isValid(Array("12345678".utf8) + bytes))
  }

  @Test func `it agrees with the standard library on random bytes`() {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<20_000 {
      let bytes = (0..<Int.random(in: 0...12, using: &random)).map { _ in
        ([0x41, 0x80, 0xBF, 0xC3, 0xE2, 0xED, 0xF0, 0xF4, 0x9F, 0x90] as [UInt8]).randomElement(using: &random)!
      }
      #expect(isValid(bytes) == (String(validating: bytes, as: UTF8.self) != nil))
    }
  }
}
