/// A route's path: literal segments, `{name}` for one segment, `{name...}` at the end for all that is left.
package struct PathPattern: Hashable, Sendable {
  package enum Segment: Hashable, Sendable {
    case literal(String)
    case parameter(String)
    case rest(String)
  }

  /// As the operator wrote it.
  package let text: String
  package let segments: [Segment]

  /// What is wrong with a path, and where: a range of its UTF-8 bytes.
  package struct Problem: Error, Equatable, Sendable {
    package var message: String
  }

  /// The most segments of a path, in routes and requests.
  package static let maximumSegments = 64

  package init(_ text: String) throws(Problem) {
    guard text.hasPrefix("/") else { throw Problem(message: "a path starts with '/'") }
    guard !text.contains(where: { $0 == "?" || $0 == "#" }) else {
      throw Problem(message: "a path has no '?' and no '#'; parameters of the query are not part of it")
    }
    let parts = text.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count <= Self.maximumSegments else {
      throw Problem(message: "a path has at most \(Self.maximumSegments) segments")
    }
    var segments: [Segment] = []
    for (index, part) in parts.enumerated() {
      segments.append(try Self.segment(part, isLast: index == parts.count - 1))
    }
    let names = segments.compactMap(\.name)
    guard Set(names).count == names.count else { throw Problem(message: "a path names a parameter twice") }
    self.text = text
    self.segments = segments
  }

  /// The parameters' names in the order of the path.
  package var parameterNames: [String] { segments.compactMap(\.name) }

  private static func segment(_ part: Substring, isLast: Bool) throws(Problem) -> Segment {
    guard part.contains("{") || part.contains("}") else {
      guard let decoded = PercentCoding.decode(part) else {
        throw Problem(message: "'\(part)' is not valid percent-encoding")
      }
      return .literal(decoded)
    }
    guard part.first == "{", part.last == "}" else {
      throw Problem(message: "'\(part)' must be a parameter '{name}' as a whole, or have no braces")
    }
    var name = part.dropFirst().dropLast()
    let isRest = name.hasSuffix("...")
    if isRest { name = name.dropLast(3) }
    guard isName(name) else {
      throw Problem(message: "'\(part)' is not a parameter: a name has letters, digits and '_'")
    }
    guard !isRest || isLast else { throw Problem(message: "'\(part)' must be the last segment") }
    return isRest ? .rest(String(name)) : .parameter(String(name))
  }

  private static func isName(_ text: Substring) -> Bool {
    guard let first = text.unicodeScalars.first, !("0"..."9").contains(first) else { return false }
    return text.unicodeScalars.allSatisfy {
      $0 == "_" || $0.isASCII && $0.properties.isAlphabetic || ("0"..."9").contains($0)
    }
  }
}

extension PathPattern.Segment {
  var name: String? {
    switch self {
    case .literal: nil
    case .parameter(let name), .rest(let name): name
    }
  }
}
