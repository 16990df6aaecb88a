import ConfigText
import Expressions

/// What is put in place of a match: text with groups in it.
struct Replacement: Sendable {
  private enum Part: Sendable {
    case text([UInt8])
    case group(Int)
  }

  private var parts: [Part] = []

  struct Mistake: Error {
    let message: String
    var suggestion: String?
  }

  /// `$1`, `$name` and `${name}` are groups, `$0` is the whole match, `$$` a dollar; any other dollar is itself. As in Go
  /// a name without braces is as long as it can be: `$1a` is group `1a`.
  init(_ text: String, of expression: CapturingExpression) throws(Mistake) {
    var rest = text[...]
    var plain = ""
    while let character = rest.popFirst() {
      guard character == "$" else {
        plain.append(character)
        continue
      }
      if rest.first == "$" {
        rest.removeFirst()
        plain.append("$")
        continue
      }
      guard let name = try Self.name(&rest) else {
        plain.append("$")
        continue
      }
      if !plain.isEmpty { parts.append(.text(Array(plain.utf8))) }
      plain = ""
      parts.append(.group(try Self.group(name, of: expression)))
    }
    if !plain.isEmpty { parts.append(.text(Array(plain.utf8))) }
  }

  /// The name behind a dollar; nil: there is none.
  private static func name(_ rest: inout Substring) throws(Mistake) -> Substring? {
    if rest.first == "{" {
      guard let end = rest.firstIndex(of: "}") else { throw Mistake(message: "'${' is not closed") }
      defer { rest = rest[rest.index(after: end)...] }
      return rest.dropFirst()[..<end]
    }
    let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    rest = rest.dropFirst(name.count)
    return name.isEmpty ? nil : name
  }

  private static func group(_ name: Substring, of expression: CapturingExpression) throws(Mistake) -> Int {
    if let number = Int(name), name.first != "-", number <= expression.groupNames.count { return number }
    if let number = expression.group(named: String(name)) { return number }
    let names = expression.groupNames.compactMap { $0 }
    throw Mistake(
      message: "the pattern has no group \(VisibleText.quoted(String(name)))",
      suggestion: Suggestion.nearest(to: String(name), among: names))
  }

  /// Appends it for a match; a group that has no part in it is nothing.
  func append(_ matcher: PatternMatcher, _ text: UnsafeRawBufferPointer, to out: inout [UInt8]) {
    for part in parts {
      switch part {
      case .text(let bytes): out.append(contentsOf: bytes)
      case .group(let number):
        guard let range = matcher.range(of: number) else { continue }
        out.append(contentsOf: UnsafeRawBufferPointer(rebasing: text[range]))
      }
    }
  }
}

/// Replaces all matches that do not overlap, from left to right.
struct ReplaceFilter: Filter {
  let replacement: Replacement
  private var matcher: PatternMatcher

  init(replacement: Replacement, matcher: PatternMatcher) {
    self.replacement = replacement
    self.matcher = matcher
  }

  mutating func take(_ message: inout Message, _ run: inout Run) throws(FilterFailure) -> Bool {
    guard message.isText else { throw FilterFailure(known: .notText) }
    var visits = PatternMatcher.mostVisits
    try message.replace { (text, out) throws(FilterFailure) in
      var copied = 0
      var start = 0
      while start <= text.count, try matcher.search(text, start, &visits), let match = matcher.range(of: 0) {
        out.append(contentsOf: UnsafeRawBufferPointer(rebasing: text[copied..<match.lowerBound]))
        // An empty match right behind another is none: a* in "ab" is found before and behind the b only.
        if match.upperBound > copied || match.upperBound == 0 { replacement.append(matcher, text, to: &out) }
        guard out.count <= Message.maximumBytes else { throw FilterFailure(known: .tooLong) }
        copied = match.upperBound
        start = match.upperBound > start ? match.upperBound : text.nextScalar(after: start)
      }
      out.append(contentsOf: UnsafeRawBufferPointer(rebasing: text[copied...]))
    }
    return true
  }
}

extension UnsafeRawBufferPointer {
  /// Where the next scalar of UTF-8 text starts; behind the end at the end.
  fileprivate func nextScalar(after place: Int) -> Int {
    var next = place + 1
    while next < count, self[next] & 0xC0 == 0x80 { next += 1 }
    return next
  }
}
