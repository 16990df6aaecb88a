/// Reads the escapes of a string (RFC 8259 section 7).
enum JSONEscapes {
  @inline(__always) static func digit(_ byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
    default: nil
    }
  }

  /// The text of a string's inside, in UTF-8. Every `\` in it starts a whole escape, as the parser saw to; an escaped
  /// surrogate without its pair becomes U+FFFD.
  static func read(_ range: Range<Int>, of text: UnsafeRawBufferPointer) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(range.count)
    var index = range.lowerBound
    while index < range.upperBound {
      let byte = text[index]
      guard byte == UInt8(ascii: "\\") else {
        out.append(byte)
        index += 1
        continue
      }
      let kind = text[index + 1]
      guard kind == UInt8(ascii: "u") else {
        out.append(short(kind))
        index += 2
        continue
      }
      let unit = unit(at: index + 2, text)
      index += 6
      if unit & 0xFC00 == 0xD800, index + 6 <= range.upperBound, text[index] == UInt8(ascii: "\\"),
        text[index + 1] == UInt8(ascii: "u"), case let low = self.unit(at: index + 2, text), low & 0xFC00 == 0xDC00
      {
        append(0x10000 + (unit & 0x3FF) << 10 + low & 0x3FF, &out)
        index += 6
      } else {
        append(unit, &out)
      }
    }
    return out
  }

  private static func append(_ value: UInt32, _ out: inout [UInt8]) {
    out.append(contentsOf: UTF8.encode(Unicode.Scalar(value) ?? "\u{FFFD}") ?? UTF8.encodedReplacementCharacter)
  }

  private static func unit(at place: Int, _ text: UnsafeRawBufferPointer) -> UInt32 {
    (place..<place + 4).reduce(0) { $0 << 4 | (digit(text[$1]) ?? 0) }
  }

  private static func short(_ kind: UInt8) -> UInt8 {
    switch kind {
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "f"): 0x0C
    case UInt8(ascii: "n"): 0x0A
    case UInt8(ascii: "r"): 0x0D
    case UInt8(ascii: "t"): 0x09
    default: kind
    }
  }
}
