/// RFC 4648: section 4 with padding; section 5, for URLs and names of files, without.
enum Base64 {
  enum Alphabet {
    case standard, url

    fileprivate var digits: [UInt8] { self == .url ? Base64.urlDigits : Base64.standardDigits }
    fileprivate var values: [UInt8] { self == .url ? Base64.urlValues : Base64.standardValues }
  }

  private static let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
  private static let standardDigits = Array("\(letters)+/".utf8)
  private static let urlDigits = Array("\(letters)-_".utf8)
  private static let standardValues = values(of: standardDigits)
  private static let urlValues = values(of: urlDigits)

  private static func values(of digits: [UInt8]) -> [UInt8] {
    var values = [UInt8](repeating: 0xFF, count: 256)
    for (value, digit) in digits.enumerated() { values[Int(digit)] = UInt8(value) }
    return values
  }

  static func encode(_ bytes: [UInt8]) -> String {
    var out: [UInt8] = []
    bytes.withUnsafeBytes { encode($0, into: &out) }
    return String(decoding: out, as: UTF8.self)
  }

  static func encode(_ bytes: UnsafeRawBufferPointer, _ alphabet: Alphabet = .standard, into out: inout [UInt8]) {
    let digits = alphabet.digits
    out.reserveCapacity(out.count + (bytes.count + 2) / 3 * 4)
    var index = 0
    while index < bytes.count {
      let left = bytes.count - index
      let group =
        UInt32(bytes[index]) << 16 | (left > 1 ? UInt32(bytes[index + 1]) << 8 : 0)
        | (left > 2 ? UInt32(bytes[index + 2]) : 0)
      out.append(digits[Int(group >> 18)])
      out.append(digits[Int(group >> 12 & 63)])
      if left > 1 { out.append(digits[Int(group >> 6 & 63)]) }
      if left > 2 { out.append(digits[Int(group & 63)]) }
      index += 3
    }
    guard alphabet == .standard, !bytes.count.isMultiple(of: 3) else { return }
    out.append(contentsOf: repeatElement(UInt8(ascii: "="), count: 3 - bytes.count % 3))
  }

  /// False: it is no base64, by an alien character, its length, or bits behind the last byte (section 3.5). In the
  /// alphabet for URLs the padding may be left out.
  static func decode(
    _ text: UnsafeRawBufferPointer, _ alphabet: Alphabet = .standard, into out: inout [UInt8]
  ) -> Bool {
    var count = text.count
    while count > 0, text.count - count < 2, text[count - 1] == UInt8(ascii: "=") { count -= 1 }
    let isPadded = text.count.isMultiple(of: 4)
    guard isPadded || alphabet == .url && count == text.count && count % 4 != 1 else { return false }
    let values = alphabet.values
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
