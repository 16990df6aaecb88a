/// RFC 4648 section 4, with padding.
enum Base64 {
  private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  private static let values: [UInt8] = {
    var values = [UInt8](repeating: 0xFF, count: 256)
    for (value, digit) in digits.enumerated() { values[Int(digit)] = UInt8(value) }
    return values
  }()

  static func encode(_ bytes: [UInt8]) -> String {
    var out: [UInt8] = []
    bytes.withUnsafeBytes { encode($0, into: &out) }
    return String(decoding: out, as: UTF8.self)
  }

  static func encode(_ bytes: UnsafeRawBufferPointer, into out: inout [UInt8]) {
    out.reserveCapacity(out.count + (bytes.count + 2) / 3 * 4)
    var index = 0
    while index < bytes.count {
      let left = bytes.count - index
      let group =
        UInt32(bytes[index]) << 16 | (left > 1 ? UInt32(bytes[index + 1]) << 8 : 0)
        | (left > 2 ? UInt32(bytes[index + 2]) : 0)
      out.append(digits[Int(group >> 18)])
      out.append(digits[Int(group >> 12 & 63)])
      out.append(left > 1 ? digits[Int(group >> 6 & 63)] : UInt8(ascii: "="))
      out.append(left > 2 ? digits[Int(group & 63)] : UInt8(ascii: "="))
      index += 3
    }
  }

  /// False: it is no base64, by an alien character, its length, or bits behind the last byte (section 3.5).
  static func decode(_ text: UnsafeRawBufferPointer, into out: inout [UInt8]) -> Bool {
    guard text.count % 4 == 0 else { return false }
    var count = text.count
    while count > 0, text.count - count < 2, text[count - 1] == UInt8(ascii: "=") { count -= 1 }
    var bits: UInt32 = 0
    var held = 0
    for index in 0..<count {
      let value = values[Int(text[index])]
      guard value != 0xFF else { return false }
      bits = bits << 6 | UInt32(value)
      held += 6
      guard held >= 8 else { continue }
      held -= 8
      out.append(UInt8(truncatingIfNeeded: bits >> UInt32(held)))
    }
    return bits & (1 << UInt32(held) - 1) == 0
  }
}
