/// `EPOCH-SEQ`: the last message a subscriber has received. It is an SSE `id`, the value of `Last-Event-ID`, and of `?after=`.
package struct ResumeToken: Hashable, Sendable {
  package var epoch: Epoch
  package var last: Offset

  package init(epoch: Epoch, last: Offset) {
    self.epoch = epoch
    self.last = last
  }

  /// The longest text that can be a token: 13 digits of base 36, a dash, 20 decimal digits.
  package static let maximumLength = 34

  /// `nil` when the text is not a token of this server's form.
  package init?(_ text: some StringProtocol) {
    guard text.utf8.count <= Self.maximumLength, let dash = text.firstIndex(of: "-"),
      text.utf8.allSatisfy({ $0 != UInt8(ascii: "+") }),
      let epoch = UInt64(text[..<dash], radix: 36), let last = UInt64(text[text.index(after: dash)...]),
      last < UInt64(Int.max)
    else { return nil }
    self.init(epoch: Epoch(epoch), last: Offset(last))
  }
}

extension ResumeToken: CustomStringConvertible {
  package var description: String { "\(epoch)-\(last.value)" }
}
