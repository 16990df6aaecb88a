import NIOCore

extension ByteBuffer {
  /// Writes a number in decimal without making a string of it.
  mutating func writeDecimal(_ value: UInt64) {
    var digits = InlineArray<20, UInt8>(repeating: 0)
    var index = 20
    var rest = value
    repeat {
      index -= 1
      digits[index] = 48 + UInt8(rest % 10)
      rest /= 10
    } while rest > 0
    while index < 20 {
      writeInteger(digits[index])
      index += 1
    }
  }

  /// Writes base64 with padding (RFC 4648 section 4).
  mutating func writeBase64(_ raw: UnsafeRawBufferPointer) {
    func letter(_ six: UInt32) -> UInt8 {
      switch UInt8(six & 63) {
      case let value where value < 26: 65 + value
      case let value where value < 52: 71 + value
      case let value where value < 62: value - 4
      case 62: UInt8(ascii: "+")
      default: UInt8(ascii: "/")
      }
    }
    reserveCapacity(minimumWritableBytes: (raw.count + 2) / 3 * 4)
    var index = 0
    while index < raw.count {
      let left = raw.count - index
      let group =
        UInt32(raw[index]) << 16 | (left > 1 ? UInt32(raw[index + 1]) << 8 : 0)
        | (left > 2 ? UInt32(raw[index + 2]) : 0)
      writeInteger(letter(group >> 18))
      writeInteger(letter(group >> 12))
      writeInteger(left > 1 ? letter(group >> 6) : UInt8(ascii: "="))
      writeInteger(left > 2 ? letter(group) : UInt8(ascii: "="))
      index += 3
    }
  }
}
