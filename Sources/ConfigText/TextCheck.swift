/// Refuses what is not UTF-8 text before libyaml sees it, since libyaml tells bytes, not lines, for such errors.
enum TextCheck {
  /// The bytes without a leading UTF-8 byte order mark, which editors on some systems write.
  static func withoutByteOrderMark(_ bytes: [UInt8]) -> [UInt8] {
    bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
  }

  /// The first reason why `bytes` cannot be YAML, if any.
  static func problem(in bytes: [UInt8], file: String) -> Diagnostic? {
    if isUTF16(bytes) {
      return Diagnostic("the file is in UTF-16; save it as UTF-8", at: Place(file: file))
    }
    var position = Position(file: file)
    var index = 0
    while index < bytes.count {
      let lineBreak = LineBreak.length(in: bytes, at: index)
      if lineBreak > 0 {
        index += lineBreak
        position.startLine()
        continue
      }
      let length: Int
      if bytes[index] < 0x80 {
        if isControl(UInt32(bytes[index])) { return controlCharacter(UInt32(bytes[index]), at: position.place) }
        length = 1
      } else {
        guard let scalar = scalar(in: bytes, at: index) else {
          return Diagnostic(
            "invalid UTF-8 (byte 0x\(hexadecimal(UInt32(bytes[index]), digits: 2))); save the file as UTF-8",
            at: position.place)
        }
        if isControl(scalar.value) { return controlCharacter(scalar.value, at: position.place) }
        length = UTF8.width(scalar)
      }
      index += length
      position.column += 1
    }
    return nil
  }

  private struct Position {
    let file: String
    var line = 1
    var column = 1
    var place: Place { Place(file: file, line: line, column: column) }
    mutating func startLine() {
      line += 1
      column = 1
    }
  }

  /// By its byte order mark, or since the first character, which is ASCII in any YAML we read, has a zero byte.
  private static func isUTF16(_ bytes: [UInt8]) -> Bool {
    guard bytes.count >= 2 else { return false }
    let first = (bytes[0], bytes[1])
    return first == (0xFE, 0xFF) || first == (0xFF, 0xFE) || (first.0 == 0) != (first.1 == 0)
  }

  private static func scalar(in bytes: [UInt8], at index: Int) -> Unicode.Scalar? {
    var parser = UTF8.ForwardParser()
    var rest = bytes[index..<min(index + 4, bytes.count)].makeIterator()
    guard case .valid(let encoded) = parser.parseScalar(from: &rest) else { return nil }
    return UTF8.decode(encoded)
  }

  /// What libyaml's reader refuses (YAML 1.1, 5.1).
  private static func isControl(_ value: UInt32) -> Bool {
    switch value {
    case 0x09, 0x0A, 0x0D, 0x20...0x7E, 0x85, 0xA0...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF: false
    default: true
    }
  }

  private static func controlCharacter(_ value: UInt32, at place: Place) -> Diagnostic {
    let digits = hexadecimal(value, digits: 4)
    return Diagnostic(
      "YAML may not hold the control character U+\(digits); write \"\\u\(digits)\" in double quotes", at: place)
  }

  private static func hexadecimal(_ value: UInt32, digits: Int) -> String {
    let text = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(digits - text.count, 0)) + text
  }
}
