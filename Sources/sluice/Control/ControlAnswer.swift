/// What the server says to a client of the control socket: the command's exit status, and its text.
///
/// As bytes, `STATUS LENGTH`, a newline, and LENGTH bytes of text: a client knows whether it has all.
struct ControlAnswer: Equatable, Sendable {
  var status: Int32
  /// For standard output, or for standard error if the status is not 0.
  var text: String

  /// Ends the text's last line.
  init(status: Int32 = 0, _ text: String) {
    self.status = status
    self.text = text.isEmpty || text.hasSuffix("\n") ? text : text + "\n"
  }

  /// Reads a whole answer; `nil`: it is not one, or not all of it.
  init?(bytes: [UInt8]) {
    guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
    let numbers = String(decoding: bytes[..<end], as: UTF8.self).split(separator: " ")
    let rest = bytes[(end + 1)...]
    guard numbers.count == 2, let status = Int32(numbers[0]), Int(numbers[1]) == rest.count else { return nil }
    self.status = status
    text = String(decoding: rest, as: UTF8.self)
  }

  var bytes: [UInt8] { Array("\(status) \(text.utf8.count)\n".utf8) + Array(text.utf8) }
}
