/// Replaces `${NAME}` and `${NAME:-default}` in texts by the environment's values, and `$$` by a dollar.
///
/// As in a shell, the default also stands for a value that is empty. What is put in is not scanned again.
struct EnvironmentText: Sendable {
  let values: [String: String]

  /// A reference that cannot be replaced.
  struct Problem {
    /// Where the reference stands in the text, in scalars.
    var range: Range<Int>
    var message: String
    var suggestion: String?
  }

  /// A reference that was replaced.
  struct Replacement {
    /// Where it stood in the text before, in scalars.
    var range: Range<Int>
    /// How many scalars stand there now.
    var count: Int
  }

  /// What became of a text; references with problems stay as they are.
  struct Expansion {
    var text: String
    var problems: [Problem] = []
    /// In the order of the text, dollars counted too.
    var replacements: [Replacement] = []
    /// Whether the values made it longer than a scalar may be; the text then ends early.
    var isTooLong = false
  }

  private static let dollar = UInt8(ascii: "$")
  private static let open = UInt8(ascii: "{")
  private static let close = UInt8(ascii: "}")

  /// Replaces all references of a text.
  func expand(_ text: String) -> Expansion {
    guard text.utf8.contains(Self.dollar) else { return Expansion(text: text) }
    let bytes = Array(text.utf8)
    func byte(_ index: Int) -> UInt8 { index < bytes.count ? bytes[index] : 0 }
    var output = [UInt8]()
    var expansion = Expansion(text: "")
    var index = 0
    var position = 0  // of the index, in scalars
    while index < bytes.count, !expansion.isTooLong {
      switch (bytes[index], byte(index + 1)) {
      case (Self.dollar, Self.dollar):
        output.append(Self.dollar)
        expansion.replacements.append(Replacement(range: position..<position + 2, count: 1))
        index += 2
        position += 2
      case (Self.dollar, Self.open):
        let end = bytes[index...].firstIndex(of: Self.close) ?? bytes.count
        let whole = bytes[index..<min(end + 1, bytes.count)]
        let range = position..<position + whole.count(where: Self.startsScalar)
        output += replaced(whole, isClosed: end < bytes.count, range: range, &expansion)
        index += whole.count
        position = range.upperBound
      default:
        output.append(bytes[index])
        if Self.startsScalar(bytes[index]) { position += 1 }
        index += 1
      }
      expansion.isTooLong = output.count > ConfigLimits.scalarBytes
    }
    expansion.text = String(decoding: output, as: UTF8.self)
    return expansion
  }

  /// What stands for a reference: the value, or itself with a problem.
  private func replaced(
    _ whole: ArraySlice<UInt8>, isClosed: Bool, range: Range<Int>, _ expansion: inout Expansion
  ) -> [UInt8] {
    let body = String(decoding: whole.dropFirst(2).dropLast(isClosed ? 1 : 0), as: UTF8.self)
    switch isClosed ? value(of: body) : .failure(Refusal("'${' is not closed by a '}'")) {
    case .success(let value):
      expansion.replacements.append(Replacement(range: range, count: value.unicodeScalars.count))
      return Array(value.utf8)
    case .failure(let refusal):
      expansion.problems.append(
        Problem(range: range, message: refusal.message, suggestion: refusal.suggestion))
      return Array(whole)
    }
  }

  private static func startsScalar(_ byte: UInt8) -> Bool { byte & 0xC0 != 0x80 }

  private struct Refusal: Error {
    var message: String
    var suggestion: String?
    init(_ message: String, suggestion: String? = nil) {
      self.message = message
      self.suggestion = suggestion
    }
  }

  /// The value for what stands between the braces.
  private func value(of body: String) -> Result<String, Refusal> {
    let scalars = body.unicodeScalars
    let nameEnd = scalars.firstIndex { !Self.isNameCharacter($0) } ?? scalars.endIndex
    let name = String(body[..<nameEnd])
    let rest = body[nameEnd...]
    if body.contains("${") { return .failure(Refusal("references to the environment may not stand in each other")) }
    guard let first = name.unicodeScalars.first, !("0"..."9").contains(first), rest.isEmpty || rest.hasPrefix(":-")
    else {
      return .failure(
        Refusal("\(VisibleText.quoted("${\(body)}")) is not ${NAME} or ${NAME:-default}; write '$${' for a plain '${'"))
    }
    if let value = values[name], !value.isEmpty || rest.isEmpty { return .success(value) }
    if !rest.isEmpty { return .success(String(rest.dropFirst(2))) }
    return .failure(
      Refusal(
        "the environment variable '\(VisibleText.oneLine(name))' is not set and has no default",
        suggestion: Suggestion.nearest(to: name, among: values.keys.sorted())))
  }

  private static func isNameCharacter(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "_": true
    default: false
    }
  }
}
