import ConfigText
import JSONText

/// `drop: [a, b.c]`: takes these fields out of an object.
package struct DropSpec: FilterSpec {
  package var fields: [FieldPath]

  package static let isTimed = false
  package static let isStateless = true
  package static let key = "drop"
  package static let summary = "Takes some fields out of a JSON object."
  package static let example = "[password, user.email]"

  /// The order does not count.
  package static func == (left: DropSpec, right: DropSpec) -> Bool { Set(left.fields) == Set(right.fields) }

  package static func decode(_ node: ConfigNode, _ reader: inout ConfigReader) -> DropSpec? {
    FieldPath.list(node, key, &reader).map { DropSpec(fields: $0) }
  }

  package func form(after form: MessageForm) -> Result<MessageForm, FormMismatch> { .edited(form) }
  package func makeFilter() -> any Filter { EditFilter(edit: JSONDrop(fields.map(\.path))) }
}
