import ConfigText
import JSONText

/// How a message is written as text that other formats can hold.
package enum TextEncoding: String, ConfigChoice {
  /// RFC 4648 section 4.
  case base64
  /// RFC 4648 section 5: the alphabet for URLs and names of files, without padding.
  case base64url
  /// RFC 4648 section 8, in lower case.
  case hex
  /// The text as a JSON string.
  case json
}

/// `encode: base64`
package struct EncodeSpec: FilterSpec {
  package var encoding: TextEncoding

  package static let isTimed = false
  package static let isStateless = true
  package static let key = "encode"
  package static let summary = "Writes the message as base64, base64url or hex digits, or its text as a JSON string."
  package static let example = "base64"

  package static func decode(_ node: ConfigNode, _ reader: inout ConfigReader) -> EncodeSpec? {
    TextEncoding.decode(node, &reader).map { EncodeSpec(encoding: $0) }
  }

  package func form(after form: MessageForm) -> Result<MessageForm, FormMismatch> {
    guard encoding == .json else { return .success(.text) }
    return form == .binary ? .failure(FormMismatch(needs: "text")) : .success(.json)
  }

  package func makeFilter() -> any Filter { EncodeFilter(encoding: encoding) }
}

struct EncodeFilter: Filter {
  let encoding: TextEncoding

  mutating func take(_ message: inout Message, _ run: inout Run) throws(FilterFailure) -> Bool {
    guard message.isText || encoding != .json else { throw FilterFailure(known: .notText) }
    try message.replace { bytes, out in
      switch encoding {
      case .base64: Base64.encode(bytes, into: &out)
      case .base64url: Base64.encode(bytes, .url, into: &out)
      case .hex: Hexadecimal.encode(bytes, into: &out)
      case .json: JSONText.appendQuoted(bytes, to: &out)
      }
    }
    return true
  }
}
