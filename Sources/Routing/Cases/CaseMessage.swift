import ConfigText
import JSONText

/// A message that a case gives or expects.
package struct CaseMessage: Equatable, Sendable {
  /// Its text; of a list or mapping, as JSON.
  package var text: String
  /// Whether it was written as a list or mapping: messages are compared with it as JSON, else by their bytes.
  package var isJSON = false
  /// `nil`: it comes from a file of messages.
  package var place: Place?

  /// Places do not count.
  package static func == (left: CaseMessage, right: CaseMessage) -> Bool {
    left.text == right.text && left.isJSON == right.isJSON
  }

  /// Whether a message of the pipeline is this one.
  func matches(_ bytes: [UInt8]) -> Bool {
    if bytes.elementsEqual(text.utf8) { return true }
    guard isJSON else { return false }
    var (own, other) = (JSONTape(), JSONTape())
    return Array(text.utf8).withUnsafeBytes { mine in
      bytes.withUnsafeBytes { theirs in
        guard (try? own.parse(mine)) != nil, (try? other.parse(theirs)) != nil else { return false }
        return JSONValue(own, 0, mine).isSame(as: JSONValue(other, 0, theirs))
      }
    }
  }
}

extension CaseMessage: ConfigValue {
  /// "a message: a text, or …".
  package static let expectation = "a message: a text, or a list or mapping, which means JSON"

  /// A text as it is; `null` alone is none.
  package static func decode(_ node: ConfigNode, _ reader: inout ConfigReader) -> CaseMessage? {
    guard let scalar = node.scalar else { return CaseMessage(text: node.json, isJSON: true, place: node.place) }
    guard !scalar.isNull, !scalar.isBroken else {
      reader.mismatch(node, expected: expectation)
      return nil
    }
    return CaseMessage(text: scalar.text, place: node.place)
  }
}

/// What happens in a case, one after the other.
package enum CaseStep: Equatable, Sendable {
  case message(CaseMessage)
  /// So much time passes.
  case time(Duration)
}

extension CaseStep: ConfigValue {
  /// "a message: a text, or …, or {time: 1s}".
  package static let expectation = CaseMessage.expectation + "; or {time: 1s}"

  /// A mapping with the key `time` alone is time that passes.
  package static func decode(_ node: ConfigNode, _ reader: inout ConfigReader) -> CaseStep? {
    guard let entries = node.entries, entries.count == 1, entries[0].name == "time" else {
      return CaseMessage.decode(node, &reader).map { .message($0) }
    }
    return Duration.decode(entries[0].value, &reader).map { .time($0) }
  }
}

extension ConfigNode {
  /// The JSON that YAML stands for: scalars without quotes are numbers, `true`, `false` and `null` if JSON has them so.
  var json: String {
    switch value {
    case .sequence(let elements): "[" + elements.map(\.json).joined(separator: ",") + "]"
    case .mapping(let entries):
      "{" + entries.map { "\(JSONText.quoted($0.name)):\($0.value.json)" }.joined(separator: ",") + "}"
    case .scalar(let scalar):
      scalar.isNull ? "null" : scalar.isPlain && Self.isJSON(scalar.text) ? scalar.text : JSONText.quoted(scalar.text)
    }
  }

  private static func isJSON(_ text: String) -> Bool {
    var tape = JSONTape()
    return Array(text.utf8).withUnsafeBytes { (try? tape.parse($0)) != nil } && !text.hasPrefix("\"")
  }
}
