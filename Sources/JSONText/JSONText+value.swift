extension JSONText {
  /// Where the value of a field stands in a JSON object, without the white space around it; `a.b` is field `b` of the
  /// object in `a`. Of two fields of one name the last counts. Nil: no such field, or no JSON object.
  ///
  /// It reads the whole object, so that a text that breaks off or has something behind it is none.
  package static func value(of field: String, in text: UnsafeRawBufferPointer) -> Range<Int>? {
    var range = 0..<text.count
    for name in field.split(separator: ".", omittingEmptySubsequences: false) {
      var scanner = ObjectScanner(text: UnsafeRawBufferPointer(rebasing: text[range]))
      guard let found = scanner.value(of: Array(name.utf8)) else { return nil }
      range = (range.lowerBound + found.lowerBound)..<(range.lowerBound + found.upperBound)
    }
    return range
  }
}

/// Walks over one JSON object (RFC 8259).
private struct ObjectScanner {
  let text: UnsafeRawBufferPointer
  private var index = 0

  /// How deep values may stand in each other.
  private static let deepest = 128

  init(text: UnsafeRawBufferPointer) { self.text = text }

  mutating func value(of name: [UInt8]) -> Range<Int>? {
    var found: Range<Int>?
    skipSpace()
    guard object(depth: 1, { if $0.matches(name, $1) { found = $2 } }) else { return nil }
    skipSpace()
    return index == text.count ? found : nil
  }

  private var next: UInt8? { index < text.count ? text[index] : nil }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { index += 1 }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    index += 1
    return true
  }

  /// An object; `each` gets the range of every key, without its quotes, and of its value.
  private mutating func object(depth: Int, _ each: (ObjectScanner, Range<Int>, Range<Int>) -> Void) -> Bool {
    guard depth <= Self.deepest, take("{") else { return false }
    skipSpace()
    if take("}") { return true }
    repeat {
      skipSpace()
      let key = index
      guard string() else { return false }
      let keyRange = (key + 1)..<(index - 1)
      skipSpace()
      guard take(":") else { return false }
      skipSpace()
      let start = index
      guard value(depth: depth) else { return false }
      each(self, keyRange, start..<index)
      skipSpace()
    } while take(",")
    return take("}")
  }

  private mutating func array(depth: Int) -> Bool {
    guard depth <= Self.deepest, take("[") else { return false }
    skipSpace()
    if take("]") { return true }
    repeat {
      skipSpace()
      guard value(depth: depth) else { return false }
      skipSpace()
    } while take(",")
    return take("]")
  }

  private mutating func value(depth: Int) -> Bool {
    switch next {
    case UInt8(ascii: "{"): object(depth: depth + 1) { _, _, _ in }
    case UInt8(ascii: "["): array(depth: depth + 1)
    case UInt8(ascii: "\""): string()
    case UInt8(ascii: "t"): word("true")
    case UInt8(ascii: "f"): word("false")
    case UInt8(ascii: "n"): word("null")
    default: number()
    }
  }

  private mutating func word(_ word: StaticString) -> Bool {
    for offset in 0..<word.utf8CodeUnitCount {
      guard next == word.utf8Start[offset] else { return false }
      index += 1
    }
    return true
  }

  private mutating func string() -> Bool {
    guard take("\"") else { return false }
    while let byte = next {
      index += 1
      switch byte {
      case UInt8(ascii: "\""): return true
      case UInt8(ascii: "\\"):
        guard escape() else { return false }
      case 0..<0x20: return false
      default: continue
      }
    }
    return false
  }

  private mutating func escape() -> Bool {
    guard let byte = next else { return false }
    index += 1
    guard byte == UInt8(ascii: "u") else { return "\"\\/bfnrt".utf8.contains(byte) }
    for _ in 0..<4 {
      guard let digit = next, Self.hexadecimal(digit) != nil else { return false }
      index += 1
    }
    return true
  }

  private mutating func number() -> Bool {
    _ = take("-")
    if !take("0") {
      guard digits() else { return false }
    }
    if take("."), !digits() { return false }
    if take("e") || take("E") {
      if !take("+") { _ = take("-") }
      return digits()
    }
    return true
  }

  private mutating func digits() -> Bool {
    let start = index
    while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { index += 1 }
    return index > start
  }

  private static func hexadecimal(_ byte: UInt8) -> UInt32? {
    Character(Unicode.Scalar(byte)).hexDigitValue.map { UInt32($0) }
  }

  /// Whether a key is a name, its escapes read.
  private func matches(_ name: [UInt8], _ range: Range<Int>) -> Bool {
    let key = text[range]
    guard key.contains(UInt8(ascii: "\\")) else { return key.elementsEqual(name) }
    return Self.unescaped(key).elementsEqual(name)
  }

  private static func unescaped(_ key: Slice<UnsafeRawBufferPointer>) -> [UInt8] {
    var units: [UInt16] = []
    var rest = key[...]
    var plain: [UInt8] = []
    func flush(_ plain: inout [UInt8], _ units: inout [UInt16]) {
      units += Array(String(decoding: plain, as: UTF8.self).utf16)
      plain = []
    }
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "\\"), let kind = rest.popFirst() else {
        plain.append(byte)
        continue
      }
      flush(&plain, &units)
      switch kind {
      case UInt8(ascii: "b"): units.append(0x08)
      case UInt8(ascii: "f"): units.append(0x0C)
      case UInt8(ascii: "n"): units.append(0x0A)
      case UInt8(ascii: "r"): units.append(0x0D)
      case UInt8(ascii: "t"): units.append(0x09)
      case UInt8(ascii: "u"):
        units.append(rest.prefix(4).reduce(UInt16(0)) { $0 << 4 | UInt16(hexadecimal($1) ?? 0) })
        rest = rest.dropFirst(4)
      default: units.append(UInt16(kind))
      }
    }
    flush(&plain, &units)
    return Array(String(decoding: units, as: UTF16.self).utf8)
  }
}
