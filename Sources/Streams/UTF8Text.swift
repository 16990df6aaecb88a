/// Whether bytes are text: the wire has text frames and `text/event-stream` for UTF-8 only (RFC 6455 section 5.6).
package enum UTF8Text {
  /// RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF. ASCII is passed eight bytes at a time.
  package static func isValid(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var index = 0
    let count = bytes.count
    while index < count {
      while index + 8 <= count,
        bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
      {
        index += 8
      }
      guard index < count else { return true }
      let length = scalarLength(bytes, at: index)
      guard length > 0 else { return false }
      index += length
    }
    return true
  }

  /// The length of the valid scalar at `index`, or 0.
  private static func scalarLength(_ bytes: UnsafeRawBufferPointer, at index: Int) -> Int {
    let lead = bytes[index]
    func continues(_ step: Int, _ low: UInt8 = 0x80, _ high: UInt8 = 0xBF) -> Bool {
      index + step < bytes.count && (low...high).contains(bytes[index + step])
    }
    switch lead {
    case 0x00...0x7F: return 1
    case 0xC2...0xDF: return continues(1) ? 2 : 0
    case 0xE0: return continues(1, 0xA0) && continues(2) ? 3 : 0
    case 0xED: return continues(1, 0x80, 0x9F) && continues(2) ? 3 : 0
    case 0xE1...0xEF: return continues(1) && continues(2) ? 3 : 0
    case 0xF0: return continues(1, 0x90) && continues(2) && continues(3) ? 4 : 0
    case 0xF1...0xF3: return continues(1) && continues(2) && continues(3) ? 4 : 0
    case 0xF4: return continues(1, 0x80, 0x8F) && continues(2) && continues(3) ? 4 : 0
    default: return 0
    }
  }
}
