extension JSONParser {
  /// Section 6: a number keeps its text; only its spelling is checked.
  mutating func number() throws(JSONProblem) {
    let start = index
    if peek == UInt8(ascii: "-") { index += 1 }
    if peek == UInt8(ascii: "0") {
      index += 1
      if isDigit(peek) { throw JSONProblem(offset: index, reason: .number) }
    } else {
      try digits()
    }
    if peek == UInt8(ascii: ".") {
      index += 1
      try digits()
    }
    if peek | 0x20 == UInt8(ascii: "e") {
      index += 1
      if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { index += 1 }
      try digits()
    }
    add(.number, from: start)
  }

  @inline(__always) private func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

  @inline(__always) private mutating func digits() throws(JSONProblem) {
    guard isDigit(peek) else { throw JSONProblem(offset: index, reason: index < count ? .number : .incomplete) }
    repeat { index += 1 } while isDigit(peek)
  }

  /// Section 7: a string with its quotes, in UTF-8 (section 8.1).
  mutating func string() throws(JSONProblem) {
    let start = index
    var isEscaped = false
    index += 1
    while true {
      skipPlain()
      guard index < count else { throw JSONProblem(offset: index, reason: .incomplete) }
      let byte = byte(index)
      switch byte {
      case UInt8(ascii: "\""):
        index += 1
        return add(.string, from: start, isEscaped: isEscaped)
      case UInt8(ascii: "\\"):
        isEscaped = true
        try escape()
      case 0x80...: try multibyte()
      default: throw JSONProblem(offset: index, reason: .control)
      }
    }
  }

  /// Moves to the next byte that is not plain ASCII text of a string, eight bytes at a time where there are as many.
  @inline(__always) private mutating func skipPlain() {
    let ones: UInt64 = 0x0101_0101_0101_0101
    while index &+ 8 <= count {
      let word = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: index, as: UInt64.self))
      let quote = word ^ (ones &* 0x22)
      let slash = word ^ (ones &* 0x5C)
      // The high bit of each byte that is a quote, a backslash, a control character or not ASCII. What a borrow marks
      // wrongly lies above a byte marked rightly, and only the lowest mark counts.
      let marks =
        (((quote &- ones) & ~quote) | ((slash &- ones) & ~slash) | ((word &- (ones &* 0x20)) & ~word) | word)
        & (ones &* 0x80)
      guard marks == 0 else {
        index &+= marks.trailingZeroBitCount &>> 3
        return
      }
      index &+= 8
    }
    while index < count {
      let byte = byte(index)
      guard byte >= 0x20, byte < 0x80, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") else { return }
      index += 1
    }
  }

  private mutating func escape() throws(JSONProblem) {
    let start = index
    index += 1
    guard index < count else { throw JSONProblem(offset: index, reason: .incomplete) }
    switch byte(index) {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
      UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      index += 1
    case UInt8(ascii: "u"):
      index += 1
      for _ in 0..<4 {
        guard index < count else { throw JSONProblem(offset: index, reason: .incomplete) }
        guard JSONEscapes.digit(byte(index)) != nil else { throw JSONProblem(offset: start, reason: .escape) }
        index += 1
      }
    default: throw JSONProblem(offset: start, reason: .escape)
    }
  }

  /// One character of two to four bytes: RFC 3629 section 4, so neither overlong forms nor surrogates.
  private mutating func multibyte() throws(JSONProblem) {
    let length: Int
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch byte(index) {
    case 0xC2...0xDF: length = 2
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xE1...0xEF: length = 3
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF1...0xF3: length = 4
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    default: throw JSONProblem(offset: index, reason: .notUTF8)
    }
    for offset in 1..<length {
      guard index + offset < count else { throw JSONProblem(offset: count, reason: .incomplete) }
      let allowed = offset == 1 ? second : 0x80...0xBF
      guard allowed.contains(byte(index + offset)) else { throw JSONProblem(offset: index, reason: .notUTF8) }
    }
    index += length
  }
}
