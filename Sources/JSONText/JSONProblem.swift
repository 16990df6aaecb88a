/// Why a text is no JSON (RFC 8259), or more of it than was allowed.
package struct JSONProblem: Error, Equatable, Sendable {
  /// Where, in bytes from the start of the text.
  package let offset: Int
  package let reason: Reason

  package init(offset: Int, reason: Reason) {
    self.offset = offset
    self.reason = reason
  }

  package enum Reason: Equatable, Sendable {
    /// The text ends inside a value, or holds none.
    case incomplete
    /// A byte that cannot stand here: section 2.
    case unexpected(UInt8)
    /// Something follows the value.
    case trailing
    /// A control character stands unescaped in a string: section 7.
    case control
    /// A backslash starts no escape: section 7.
    case escape
    /// A string is not UTF-8: section 8.1.
    case notUTF8
    /// Digits are missing in a number, or it starts with a needless zero: section 6.
    case number
    /// Values stand deeper in each other than the limit (section 9 allows one).
    case tooDeep
    /// The text is longer than the limit.
    case tooLong
  }
}

extension JSONProblem: CustomStringConvertible {
  package var description: String { "byte \(offset): \(reason)" }
}

extension JSONProblem.Reason: CustomStringConvertible {
  package var description: String {
    switch self {
    case .incomplete: "the text breaks off"
    case .unexpected(let byte):
      (0x21..<0x7F).contains(byte)
        ? "unexpected '\(Character(Unicode.Scalar(byte)))'" : "unexpected byte 0x\(String(byte, radix: 16))"
    case .trailing: "something follows the value"
    case .control: "a control character in a string must be escaped"
    case .escape: "no such escape"
    case .notUTF8: "a string is not UTF-8"
    case .number: "not a number"
    case .tooDeep: "nested too deeply"
    case .tooLong: "longer than allowed"
    }
  }
}
