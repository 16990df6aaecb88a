import ConfigText
import JSONText

/// `wrap: key`: the message becomes an object with itself under one key.
package struct WrapSpec: FilterSpec {
  package var name: String

  package static let isTimed = false
  package static let isStateless = true
  package static let key = "wrap"
  package static let summary = "Puts a JSON message under a key of a new object."
  package static let example = "trade"

  package static func decode(_ node: ConfigNode, _ reader: inout ConfigReader) -> WrapSpec? {
    String.decode(node, &reader).map { WrapSpec(name: $0) }
  }

  package func form(after form: MessageForm) -> Result<MessageForm, FormMismatch> {
    form.mayBeJSON ? .success(.object) : .failure(FormMismatch(needs: "JSON"))
  }

  package func makeFilter() -> any Filter { WrapFilter(name: JSONName(name)) }
}

struct WrapFilter: Filter {
  let name: JSONName

  mutating func take(_ message: inout Message, _ run: inout Run) throws(FilterFailure) -> Bool {
    try message.edit { (tape, text, out, newTape) throws(JSONEditProblem) in
      try JSONText.wrap(tape, text, in: name, into: &out, &newTape)
    }
    return true
  }
}
