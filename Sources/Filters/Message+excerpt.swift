import ConfigText

extension Message {
  /// How much of a message is shown, in bytes.
  static let excerptBytes = 200

  /// The message on one line for the log: cut, and without what a terminal would act on.
  var excerpt: String {
    guard isText else { return "(binary, \(bytes.count) bytes)" }
    guard bytes.count > Self.excerptBytes else { return VisibleText.whole(String(decoding: bytes, as: UTF8.self)) }
    var end = Self.excerptBytes
    while end > 0, bytes[end] & 0xC0 == 0x80 { end -= 1 }
    return VisibleText.whole(String(decoding: bytes[..<end], as: UTF8.self)) + "… (\(bytes.count) bytes)"
  }
}
