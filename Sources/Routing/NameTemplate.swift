import Serving

/// A group's name with path parameters in it: `room.{room}`.
package struct NameTemplate: Hashable, Sendable {
  package enum Part: Hashable, Sendable {
    case text(String)
    case parameter(String)
  }

  package let text: String
  package let parts: [Part]

  /// The longest name of a group, in bytes of UTF-8.
  package static let maximumLength = 512

  package struct Problem: Error, Equatable, Sendable {
    package var message: String
  }

  package init(_ text: String) throws(Problem) {
    guard !text.isEmpty else { throw Problem(message: "a group's name cannot be empty") }
    var parts: [Part] = []
    var rest = text[...]
    while let open = rest.firstIndex(of: "{") {
      if open > rest.startIndex { parts.append(.text(String(rest[..<open]))) }
      guard let close = rest[open...].firstIndex(of: "}") else {
        throw Problem(message: "'{' is not closed in '\(text)'")
      }
      let name = rest[rest.index(after: open)..<close]
      guard !name.isEmpty else { throw Problem(message: "'{}' names no parameter in '\(text)'") }
      parts.append(.parameter(String(name)))
      rest = rest[rest.index(after: close)...]
    }
    guard !rest.contains("}") else { throw Problem(message: "'}' has no '{' in '\(text)'") }
    if !rest.isEmpty { parts.append(.text(String(rest))) }
    self.text = text
    self.parts = parts
  }

  package var parameters: [String] {
    parts.compactMap { if case .parameter(let name) = $0 { name } else { nil } }
  }

  /// The name for a request; `nil` when it is too long or a parameter is missing.
  package func name(_ values: PathParameters) -> String? {
    var name = ""
    for part in parts {
      switch part {
      case .text(let text): name += text
      case .parameter(let parameter):
        guard let value = values[parameter] else { return nil }
        name += value
      }
    }
    return name.utf8.count <= Self.maximumLength ? name : nil
  }
}
