import ConfigText
import JSONText

/// `unwrap: data.trade`: a value of the message becomes the message.
package struct UnwrapSpec: FilterSpec {
  package var field: FieldPath

  package static let isTimed = false
  package static let isStateless = true
  package static let key = "unwrap"
  package static let summary = "Puts a value of a JSON message, as it is spelled, in place of the message."
  package static let example = "data.trade"

  package static func decode(_ node: ConfigNode, _ reader: inout ConfigReader) -> UnwrapSpec? {
    FieldPath.decode(node, &reader).map { UnwrapSpec(field: $0) }
  }

  package func form(after form: MessageForm) -> Result<MessageForm, FormMismatch> {
    form.mayBeJSON ? .success(.json) : .failure(FormMismatch(needs: "JSON"))
  }

  package func makeFilter() -> any Filter { UnwrapFilter(path: field.path) }
}

struct UnwrapFilter: Filter {
  let path: JSONPath

  mutating func take(_ message: inout Message, _ run: inout Run) throws(FilterFailure) -> Bool {
    try message.edit { (tape, text, out, newTape) throws(JSONEditProblem) in
      try JSONText.unwrap(tape, text, path, into: &out, &newTape)
    }
    return true
  }
}
