import ConfigText
import JSONText

/// `json: object`: refuses what is no JSON.
package struct JSONSpec: FilterSpec {
  package enum Kind: String, ConfigChoice {
    case object, any
  }

  package var kind: Kind

  package static let isTimed = false
  package static let key = "json"
  package static let summary = "Refuses messages that are no JSON ('any'), or no JSON object ('object')."
  package static let example = "object"

  package static func decode(_ node: ConfigNode, _ reader: inout ConfigReader) -> JSONSpec? {
    Kind.decode(node, &reader).map { JSONSpec(kind: $0) }
  }

  package func form(after form: MessageForm) -> Result<MessageForm, FormMismatch> {
    if kind == .object { return .object(form) }
    guard form.mayBeJSON else { return .failure(FormMismatch(needs: "JSON")) }
    return .success(form == .any ? .json : form)
  }

  package func makeFilter() -> any Filter { JSONFilter(kind: kind) }
}

struct JSONFilter: Filter {
  let kind: JSONSpec.Kind
  private var hasToldDuplicates = false

  init(kind: JSONSpec.Kind) { self.kind = kind }

  /// Members of one name are no error (RFC 8259 section 4), but seldom meant: they are told of once.
  mutating func take(_ message: inout Message, _ run: inout Run) throws(FilterFailure) -> Bool {
    let isObject = try message.read { tape, _ in tape.kind(of: 0) == .object }
    guard isObject || kind == .any else { throw FilterFailure(known: .notAnObject) }
    if !hasToldDuplicates, message.hasDuplicates {
      hasToldDuplicates = true
      run.tell(
        "json: an object has two members of one name, of which the last counts; it is not told again: "
          + message.excerpt, level: .warning)
    }
    return true
  }
}
