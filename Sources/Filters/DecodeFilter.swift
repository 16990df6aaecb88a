import ConfigText
import JSONText

/// `decode: base64`
package struct DecodeSpec: FilterSpec {
  package var encoding: TextEncoding

  package static let isTimed = false
  package static let isStateless = true
  package static let key = "decode"
  package static let summary =
    "Reads the message as base64, base64url, hex digits or a JSON string, and is what that says."
  package static let example = "base64"

  package static func decode(_ node: ConfigNode, _ reader: inout ConfigReader) -> DecodeSpec? {
    TextEncoding.decode(node, &reader).map { DecodeSpec(encoding: $0) }
  }

  package func form(after form: MessageForm) -> Result<MessageForm, FormMismatch> {
    switch (encoding, form) {
    case (.json, .object), (.json, .array), (.json, .text), (.json, .binary):
      .failure(FormMismatch(needs: "a JSON string"))
    case (_, .object), (_, .array), (_, .binary): .failure(FormMismatch(needs: encoding.rawValue))
    default: .success(.any)
    }
  }

  package func makeFilter() -> any Filter { DecodeFilter(encoding: encoding) }
}

struct DecodeFilter: Filter {
  let encoding: TextEncoding

  mutating func take(_ message: inout Message, _ run: inout Run) throws(FilterFailure) -> Bool {
    if encoding == .json { try message.unquote() } else { try decodeDigits(&message) }
    return true
  }

  private func decodeDigits(_ message: inout Message) throws(FilterFailure) {
    try message.replace(isText: nil) { (text, out) throws(FilterFailure) in
      let isRight =
        switch encoding {
        case .base64url: Base64.decode(text, .url, into: &out)
        case .hex: Hexadecimal.decode(text, into: &out)
        case .base64, .json: Base64.decode(text, into: &out)
        }
      guard isRight else { throw FilterFailure("the message is no \(encoding.rawValue)") }
    }
  }
}

extension Message {
  /// A JSON string becomes the text that it says.
  fileprivate mutating func unquote() throws(FilterFailure) {
    let content = try read { (tape, text) throws(FilterFailure) -> String in
      guard tape.kind(of: 0) == .string else { throw FilterFailure("the message is no JSON string") }
      return tape.string(of: 0, in: text)
    }
    try replace { _, out in out.append(contentsOf: content.utf8) }
  }
}
