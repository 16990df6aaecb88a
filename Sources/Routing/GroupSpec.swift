import ConfigText
import Streams

/// `groups: {"chat.*": {history: …}}`: settings of the internal groups whose name matches.
package struct GroupSpec: ConfigSpec {
  package var history: HistorySpec?

  package init() {}

  package static let label = "group"
  package static let fields = FieldTable<Self>([
    Field(
      "history", \.history, "What the group keeps, whoever reads it.", default: "what its routes ask for",
      example: "{messages: 500, age: 10m}")
  ])
}

/// A group's name, or a pattern of names with `*` for any run of characters.
package struct GroupPattern: Hashable, Sendable {
  package let text: String

  package init(_ text: String) { self.text = text }

  package var isPattern: Bool { text.contains("*") }
  /// How much of a name the pattern fixes: the most specific pattern wins.
  package var weight: Int { isPattern ? text.utf8.count { $0 != UInt8(ascii: "*") } : Int.max }

  package func matches(_ name: String) -> Bool {
    let parts = text.split(separator: "*", omittingEmptySubsequences: false)
    guard parts.count > 1 else { return text == name }
    guard name.utf8.count >= weight, name.hasPrefix(parts[0]), name.hasSuffix(parts[parts.count - 1]) else {
      return false
    }
    var rest = name.dropFirst(parts[0].count).dropLast(parts[parts.count - 1].count)
    for part in parts[1..<(parts.count - 1)] where !part.isEmpty {
      guard let found = Self.find(part, in: rest) else { return false }
      rest = rest[found...]
    }
    return true
  }

  /// The index behind the first occurrence.
  private static func find(_ part: Substring, in text: Substring) -> Substring.Index? {
    var start = text.startIndex
    while start < text.endIndex {
      if text[start...].hasPrefix(part) { return text.index(start, offsetBy: part.count) }
      start = text.index(after: start)
    }
    return nil
  }
}
