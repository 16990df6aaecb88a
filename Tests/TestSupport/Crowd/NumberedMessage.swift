import Glibc

/// A message of the numbered feed, as a filter may have marked it: `{"n":7,"at":1200,"pad":"…","via":"a"}`.
///
/// It is read without a JSON parser: hundreds of thousands come in a second.
package struct NumberedMessage: Equatable {
  /// 1, 2, 3, …
  package var number: Int
  /// When it was written, in microseconds of the monotonic clock.
  package var writtenAt: Int
  /// The letters that filters have put into it.
  package var marks: Marks

  package enum Marks: Equatable {
    case none
    case one(UInt8)
    case several
  }

  /// Without its mark, as the feed writes it.
  package static func text(_ number: Int, at time: Int, pad: String) -> String {
    "{\"n\":\(number),\"at\":\(time),\"pad\":\"\(pad)\"}"
  }

  package init?(_ bytes: UnsafeRawBufferPointer) {
    var rest = Slice(base: bytes, bounds: bytes.startIndex..<bytes.endIndex)
    guard Self.take("{\"n\":", &rest), let number = Self.takeNumber(&rest),
      Self.take(",\"at\":", &rest), let time = Self.takeNumber(&rest), bytes.last == UInt8(ascii: "}")
    else { return nil }
    self.number = number
    writtenAt = time
    marks = Self.marks(UnsafeRawBufferPointer(rebasing: rest))
  }

  private static func take(_ text: StaticString, _ rest: inout Slice<UnsafeRawBufferPointer>) -> Bool {
    let length = text.utf8CodeUnitCount
    guard rest.count >= length, let start = UnsafeRawBufferPointer(rebasing: rest).baseAddress,
      memcmp(start, text.utf8Start, length) == 0
    else { return false }
    rest = rest.dropFirst(length)
    return true
  }

  private static func takeNumber(_ rest: inout Slice<UnsafeRawBufferPointer>) -> Int? {
    var value = 0
    var count = 0
    for byte in rest {
      guard (0x30...0x39).contains(byte) else { break }
      value = value &* 10 &+ Int(byte - 0x30)
      count += 1
    }
    guard (1...18).contains(count) else { return nil }
    rest = rest.dropFirst(count)
    return value
  }

  private static func marks(_ bytes: UnsafeRawBufferPointer) -> Marks {
    guard let first = mark(bytes) else { return .none }
    let rest = UnsafeRawBufferPointer(rebasing: bytes[first.end...])
    return mark(rest) == nil ? .one(first.letter) : .several
  }

  /// What stands before a mark's letter, behind its first quote.
  private static let markStart: StaticString = "via\":\""

  /// The first mark, and where it ends. Its `v` is rare, and found fast.
  private static func mark(_ bytes: UnsafeRawBufferPointer) -> (letter: UInt8, end: Int)? {
    guard let start = bytes.baseAddress else { return nil }
    let length = markStart.utf8CodeUnitCount
    var from = 0
    while from + length < bytes.count,
      let found = memchr(start + from, Int32(UInt8(ascii: "v")), bytes.count - from - length)
    {
      let letter = UnsafeRawPointer(found) - start + length
      if memcmp(found, markStart.utf8Start, length) == 0 { return (bytes[letter], letter + 1) }
      from = letter - length + 1
    }
    return nil
  }
}
