import ConfigText
import JSONText

/// `pick: [a, b.c]`: keeps these fields of an object, in their order.
package struct PickSpec: FilterSpec {
  package var fields: [FieldPath]

  package static let isTimed = false
  package static let isStateless = true
  package static let key = "pick"
  package static let summary = "Keeps some fields of a JSON object, with the order and the spelling they have."
  package static let example = "[symbol, price, user.name]"

  /// The order does not count.
  package static func == (left: PickSpec, right: PickSpec) -> Bool { Set(left.fields) == Set(right.fields) }

  package static func decode(_ node: ConfigNode, _ reader: inout ConfigReader) -> PickSpec? {
    FieldPath.list(node, key, &reader).map { PickSpec(fields: $0) }
  }

  package func form(after form: MessageForm) -> Result<MessageForm, FormMismatch> { .edited(form) }
  package func makeFilter() -> any Filter { EditFilter(edit: JSONPick(fields.map(\.path))) }
}
