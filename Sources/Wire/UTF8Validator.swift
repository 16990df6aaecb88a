/// UTF-8 checked as it arrives, cut anywhere (RFC 3629): the first byte that cannot be right is refused.
package struct UTF8Validator: Sendable {
  /// Continuation bytes still to come, and the bounds of the next one.
  private var remaining = 0
  private var low: UInt8 = 0x80
  private var high: UInt8 = 0xBF

  package init() {}

  /// True when no character is half there.
  package var isComplete: Bool { remaining == 0 }

  /// False at the first byte that no valid text can have here.
  package mutating func accept(_ bytes: some Sequence<UInt8>) -> Bool {
    for byte in bytes {
      if remaining > 0 {
        guard (low...high).contains(byte) else { return false }
        remaining -= 1
        (low, high) = (0x80, 0xBF)
      } else if byte >= 0x80 {
        guard lead(byte) else { return false }
      }
    }
    return true
  }

  private mutating func lead(_ byte: UInt8) -> Bool {
    switch byte {
    case 0xC2...0xDF: remaining = 1
    case 0xE0: (remaining, low) = (2, 0xA0)
    case 0xED: (remaining, high) = (2, 0x9F)
    case 0xE1...0xEF: remaining = 2
    case 0xF0: (remaining, low) = (3, 0x90)
    case 0xF4: (remaining, high) = (3, 0x8F)
    case 0xF1...0xF3: remaining = 3
    default: return false
    }
    return true
  }
}
