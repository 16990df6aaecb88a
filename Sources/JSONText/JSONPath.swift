/// Where a value stands in a JSON text: `a.b[0].c`, `.symbol`, `["a.b"].c`; `.` is the whole text.
///
/// A name stands plain when it has none of `.`, `[`, `]` and `"`; between `["` and `"]` it is a JSON string. Names are
/// compared by their characters, after escapes are read.
package struct JSONPath: Hashable, Sendable {
  package enum Step: Hashable, Sendable {
    case name(JSONName)
    /// An element of an array, counted from 0.
    case index(Int)
  }

  package let steps: [Step]

  package init(steps: [Step]) { self.steps = steps }

  package init(names: [String]) { steps = names.map { .name(JSONName($0)) } }

  /// - Throws: `JSONPathProblem` with the place in the path.
  package init(_ path: String) throws(JSONPathProblem) {
    var parser = JSONPathParser(bytes: Array(path.utf8))
    steps = try parser.steps()
  }
}

/// What is wrong with a path.
package struct JSONPathProblem: Error, Equatable, Sendable {
  /// Where, in bytes from the start of the path.
  package let offset: Int
  package let reason: String
}

extension JSONPath: CustomStringConvertible {
  /// The path as it can be written in a configuration.
  package var description: String {
    guard !steps.isEmpty else { return "." }
    var text = ""
    for step in steps {
      switch step {
      case .index(let index): text += "[\(index)]"
      case .name(let name) where name.bytes.isEmpty || name.bytes.contains(where: JSONPathParser.isSpecial):
        text += "[\(JSONText.quoted(name.text))]"
      case .name(let name): text += (text.isEmpty ? "" : ".") + name.text
      }
    }
    return text
  }
}

private struct JSONPathParser {
  let bytes: [UInt8]
  private var index = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  static func isSpecial(_ byte: UInt8) -> Bool { ".[]\"".utf8.contains(byte) }

  mutating func steps() throws(JSONPathProblem) -> [JSONPath.Step] {
    guard bytes != [UInt8(ascii: ".")] else { return [] }
    var steps: [JSONPath.Step] = []
    _ = take(".")
    if peek != UInt8(ascii: "[") { steps.append(.name(try name())) }
    while index < bytes.count {
      if take("[") {
        steps.append(try bracket())
      } else if take(".") {
        steps.append(.name(try name()))
      } else {
        throw JSONPathProblem(offset: index, reason: "expected '.' or '['")
      }
    }
    return steps
  }

  private var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard peek == UInt8(ascii: character) else { return false }
    index += 1
    return true
  }

  private mutating func name() throws(JSONPathProblem) -> JSONName {
    let start = index
    while let byte = peek, !Self.isSpecial(byte) { index += 1 }
    guard index > start else { throw JSONPathProblem(offset: index, reason: "expected a name") }
    return JSONName(bytes: Array(bytes[start..<index]))
  }

  private mutating func bracket() throws(JSONPathProblem) -> JSONPath.Step {
    let start = index
    if peek == UInt8(ascii: "\"") { return try quotedName() }
    while let byte = peek, byte != UInt8(ascii: "]") { index += 1 }
    let digits = bytes[start..<index]
    guard take("]"), digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      let number = Int(String(decoding: digits, as: UTF8.self))
    else { throw JSONPathProblem(offset: start, reason: "expected an index from 0, or a name in quotes, and ']'") }
    return .index(number)
  }

  private mutating func quotedName() throws(JSONPathProblem) -> JSONPath.Step {
    let start = index
    index += 1
    while let byte = peek, byte != UInt8(ascii: "\"") { index += byte == UInt8(ascii: "\\") ? 2 : 1 }
    let end = index + 1
    guard end < bytes.count, bytes[end] == UInt8(ascii: "]") else {
      throw JSONPathProblem(offset: start, reason: "expected a name in quotes and ']'")
    }
    index = end + 1
    let name = bytes[start..<end].withUnsafeBytes { text -> [UInt8]? in
      var tape = JSONTape()
      guard (try? tape.parse(text)) != nil else { return nil }
      return tape.utf8(of: 0, in: text)
    }
    guard let name else { throw JSONPathProblem(offset: start, reason: "the name in quotes is no JSON string") }
    return .name(JSONName(bytes: name))
  }
}
