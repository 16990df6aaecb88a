import ConfigText
import JSONText

/// `text: "{.symbol} {.price}"`: the message becomes text made of its fields.
package struct TextSpec: FilterSpec {
  package var template: TextTemplate

  package static let isTimed = false
  package static let isStateless = true
  package static let key = "text"
  package static let summary = "Puts text made of fields in place of a JSON message."
  package static let example = "\"{.symbol} costs {.price}\""

  package static func decode(_ node: ConfigNode, _ reader: inout ConfigReader) -> TextSpec? {
    guard node.bracesHint == nil else {
      reader.mismatch(node, expected: TextTemplate.expectation, reason: node.bracesHint)
      return nil
    }
    return TextTemplate.decode(node, &reader).map { TextSpec(template: $0) }
  }

  package func form(after form: MessageForm) -> Result<MessageForm, FormMismatch> {
    guard form.mayBeJSON else { return .failure(FormMismatch(needs: "JSON")) }
    return .success(.any)
  }

  package func makeFilter() -> any Filter { TextFilter(template: template) }
}

struct TextFilter: Filter {
  let template: TextTemplate
  private var text: [UInt8] = []

  init(template: TextTemplate) { self.template = template }

  mutating func take(_ message: inout Message, _ run: inout Run) throws(FilterFailure) -> Bool {
    text.removeAll(keepingCapacity: true)
    try template.append(message: &message, to: &text)
    try message.replace { _, out in out.append(contentsOf: text) }
    return true
  }
}

/// Text with fields of a message in it: `{.symbol}`, `{.user.name}`; `{{` and `}}` are braces.
package struct TextTemplate: ConfigScalar, Equatable {
  package enum Part: Equatable, Sendable {
    case text(String)
    case field(JSONPath)
  }

  package var parts: [Part]

  package static let expectation = "a text with fields such as \"{.symbol} {.price}\""

  package static func parse(_ scalar: ConfigNode.Scalar) throws(ScalarRefusal) -> TextTemplate {
    TextTemplate(parts: try parts(of: scalar.text))
  }

  /// The fields that it names.
  package var fields: [JSONPath] { parts.compactMap { if case .field(let path) = $0 { path } else { nil } } }

  private static func parts(of text: String) throws(ScalarRefusal) -> [Part] {
    var parts: [Part] = []
    var plain = ""
    var rest = text[...]
    while let character = rest.popFirst() {
      guard character == "{" || character == "}" else {
        plain.append(character)
        continue
      }
      if rest.first == character {
        plain.append(character)
        rest.removeFirst()
        continue
      }
      guard character == "{" else { throw ScalarRefusal("'}' has no '{'; a brace itself is '}}'") }
      guard let end = rest.firstIndex(of: "}") else { throw ScalarRefusal("'{' is not closed; a brace itself is '{{'") }
      if !plain.isEmpty { parts.append(.text(plain)) }
      plain = ""
      parts.append(.field(try field(rest[..<end])))
      rest = rest[rest.index(after: end)...]
    }
    if !plain.isEmpty { parts.append(.text(plain)) }
    return parts
  }

  private static func field(_ text: Substring) throws(ScalarRefusal) -> JSONPath {
    guard text.first == "." || text.first == "[" else {
      throw ScalarRefusal("a field starts with a dot: '{.\(text)}'")
    }
    do throws(JSONPathProblem) {
      return try JSONPath(String(text))
    } catch {
      throw ScalarRefusal("'{\(text)}': \(error.reason)")
    }
  }

  /// Appends the text for a message: a string without its quotes, all else as it is spelled.
  ///
  /// - Throws: `FilterFailure` when the message is no JSON or has not all the fields.
  func append(message: inout Message, to out: inout [UInt8]) throws(FilterFailure) {
    try message.read { (tape, text) throws(FilterFailure) in
      for part in parts {
        switch part {
        case .text(let plain): out.append(contentsOf: plain.utf8)
        case .field(let path):
          guard let node = tape.node(at: path, in: text) else {
            throw FilterFailure("no such field: \(path)")
          }
          out.append(contentsOf: tape.string(of: node, in: text).utf8)
        }
      }
    }
  }
}
