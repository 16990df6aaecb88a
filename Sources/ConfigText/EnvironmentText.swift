/// Replaces `${NAME}` and `${NAME:-default}` in texts by the environment's values, and `$$` by a dollar.
///
/// As in a shell, the default also stands for a value that is empty. What is put in is not scanned again.
struct EnvironmentText: Sendable {
  let values: [String: String]

  /// A reference that cannot be replaced.
  struct Problem {
    /// Which `${` of the text it is, from 0, escaped ones counted too.
    var ordinal: Int
    /// The reference's length in scalars.
    var length: Int
    var message: String
    var suggestion: String?
  }

  /// What became of a text; references with problems stay as they are.
  struct Expansion {
    var text: String
    var problems: [Problem] = []
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
    var ordinal = 0
    var index = 0
    while index < bytes.count, !expansion.isTooLong {
      switch (bytes[index], byte(index + 1)) {
      case (Self.dollar, Self.dollar):
        output.append(Self.dollar)
        if byte(index + 2) == Self.open { ordinal += 1 }
        index += 2
      case (Self.dollar, Self.open):
        let end = bytes[index...].firstIndex(of: Self.close) ?? bytes.count
        let body = String(decoding: bytes[(index + 2)..<end], as: UTF8.self)
        let whole = bytes[index..<min(end + 1, bytes.count)]
        switch end < bytes.count ? value(of: body) : .failure(Refusal("'${' is not closed by a '}'")) {
        case .success(let value): output += value.utf8
        case .failure(let refusal):
          output += whole
          expansion.problems.append(
            Problem(
              ordinal: ordinal, length: body.unicodeScalars.count + 3, message: refusal.message,
              suggestion: refusal.suggestion))
        }
        ordinal += Self.references(in: whole)
        index += whole.count
      default:
        output.append(bytes[index])
        index += 1
      }
      expansion.isTooLong = output.count > ConfigLimits.scalarBytes
    }
    expansion.text = String(decoding: output, as: UTF8.self)
    return expansion
  }

  private struct Refusal: Error {
    var message: String
    var suggestion: String?
    init(_ message: String, suggestion: String? = nil) {
      self.message = message
      self.suggestion = suggestion
    }
  }

  private static func references(in bytes: ArraySlice<UInt8>) -> Int {
    zip(bytes, bytes.dropFirst()).count { $0 == dollar && $1 == open }
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
