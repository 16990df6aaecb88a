import ConfigText

/// How a connection's bytes are cut into messages.
package enum Framing: Hashable, Sendable {
  /// Each line is a message, without its `\n` or `\r\n`; an empty line is an empty message.
  case lines
  /// Messages are separated by these bytes, at least one.
  case delimiter([UInt8])
  /// Each message follows its length.
  case lengthPrefixed(LengthPrefix)
  /// Each read is a binary message; a boundary means nothing.
  case chunks
  /// `5:hello,` (D. J. Bernstein, "Netstrings").
  case netstring
  /// `text/event-stream`: the data of each event is a message.
  case sse

  /// A framer for one connection. `maxMessage`: the most bytes of a message.
  package func makeFramer(maxMessage: Int) -> any Framer {
    switch self {
    case .lines: DelimiterFramer.lines(maxMessage: maxMessage)
    case .delimiter(let delimiter): DelimiterFramer(delimiter: delimiter, maxMessage: maxMessage)
    case .lengthPrefixed(let prefix): LengthPrefixFramer(prefix: prefix, maxMessage: maxMessage)
    case .chunks: ChunkFramer(maxMessage: maxMessage)
    case .netstring: NetstringFramer(maxMessage: maxMessage)
    case .sse: EventStreamFramer(maxMessage: maxMessage)
    }
  }
}

/// The form of the length before each message: an unsigned integer of so many bytes.
package struct LengthPrefix: ConfigSpec, Hashable {
  package enum Endian: String, ConfigChoice {
    case big, little
  }

  /// 1, 2, 4 or 8.
  package var bytes = 4
  package var endian = Endian.big

  /// All defaults: four bytes, the highest first.
  package init() {}

  package init(bytes: Int, endian: Endian) {
    self.bytes = bytes
    self.endian = endian
  }

  package static let label = "length_prefixed"

  package static let fields = FieldTable<LengthPrefix>([
    Field("bytes", \.bytes, "How long the length is: 1, 2, 4 or 8.", default: "4", example: "2") {
      node, prefix, reader in
      guard let bytes = Int.decode(node, &reader) else { return }
      if [1, 2, 4, 8].contains(bytes) {
        prefix.bytes = bytes
      } else {
        reader.error("a length has 1, 2, 4 or 8 bytes", at: node.place)
      }
    },
    Field("endian", \.endian, "Which byte of the length comes first.", default: "big", example: "little"),
  ])
}

extension Framing: ConfigValue {
  /// "lines, chunks, netstring, sse, …".
  package static var expectation: String {
    "lines, chunks, netstring, sse, {delimiter: TEXT} or {length_prefixed: {bytes: 4}}"
  }

  private static let words: [String: Framing] = [
    "lines": .lines, "chunks": .chunks, "netstring": .netstring, "sse": .sse,
    "length_prefixed": .lengthPrefixed(.init()),
  ]
  private static let keys = ["delimiter", "length_prefixed"]
  /// The longest delimiter in bytes.
  private static let longestDelimiter = 64

  /// A word, or a mapping with one key.
  package static func decode(_ node: ConfigNode, _ reader: inout ConfigReader) -> Framing? {
    if let scalar = node.scalar, !scalar.isNull, let framing = words[scalar.text] { return framing }
    guard let entries = node.entries else {
      let near = node.scalar.flatMap { Suggestion.nearest(to: $0.text, among: words.keys.sorted()) }
      reader.mismatch(node, expected: expectation, suggestion: near)
      return nil
    }
    guard let entry = entries.first, entries.count == 1 else {
      reader.error("framing takes one key: delimiter or length_prefixed", at: node.place)
      return nil
    }
    switch entry.name {
    case "delimiter": return decodeDelimiter(entry.value, &reader)
    case "length_prefixed": return LengthPrefix.decode(entry.value, &reader).map { .lengthPrefixed($0) }
    default:
      reader.error(
        "unknown key \(VisibleText.quoted(entry.name)) in framing", at: entry.key.place,
        suggestion: Suggestion.nearest(to: entry.name, among: keys))
      return nil
    }
  }

  private static func decodeDelimiter(_ node: ConfigNode, _ reader: inout ConfigReader) -> Framing? {
    guard let text = String.decode(node, &reader) else { return nil }
    guard (1...longestDelimiter).contains(text.utf8.count) else {
      reader.error("a delimiter has 1 to \(longestDelimiter) bytes", at: node.place)
      return nil
    }
    return .delimiter(Array(text.utf8))
  }
}
