/// The name of a member, ready to be compared and written.
package struct JSONName: Hashable, Sendable {
  /// UTF-8, without quotes and escapes.
  let bytes: [UInt8]
  /// The name as a JSON string.
  let quoted: [UInt8]

  package init(_ name: String) {
    bytes = Array(name.utf8)
    quoted = Array(JSONText.quoted(name).utf8)
  }

  /// - Parameter bytes: UTF-8.
  init(bytes: [UInt8]) { self.init(String(decoding: bytes, as: UTF8.self)) }

  package var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Whether `quoted` has escapes, each of which is longer than what it stands for.
  var isEscaped: Bool { quoted.count > bytes.count + 2 }
}
