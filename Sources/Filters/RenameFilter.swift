import ConfigText
import JSONText

/// `rename: {old: new}`: gives fields of an object other names.
package struct RenameSpec: FilterSpec {
  package struct Name: Hashable, Sendable {
    var old: FieldPath
    var new: String
  }

  package var names: [Name]
  private let edit: JSONRename

  package static let isTimed = false
  package static let isStateless = true
  package static let key = "rename"
  package static let summary = "Gives fields of a JSON object other names; each stays where it is."
  package static let example = "{px: price, user.nick: name}"

  /// The order does not count: all names are those of before.
  package static func == (left: RenameSpec, right: RenameSpec) -> Bool { Set(left.names) == Set(right.names) }

  package static func decode(_ node: ConfigNode, _ reader: inout ConfigReader) -> RenameSpec? {
    guard let entries = node.entries else {
      reader.mismatch(node, expected: "a mapping of old names to new ones")
      return nil
    }
    let names = entries.compactMap { entry -> Name? in
      guard let old = FieldPath.decode(entry.key, &reader), let new = String.decode(entry.value, &reader) else {
        return nil
      }
      return Name(old: old, new: new)
    }
    guard names.count == entries.count else { return nil }
    do throws(JSONEditProblem) {
      return RenameSpec(names: names, edit: try JSONRename(names.map { ($0.old.path, $0.new) }))
    } catch {
      reader.error("'rename': \(error.description)", at: node.place)
      return nil
    }
  }

  package func form(after form: MessageForm) -> Result<MessageForm, FormMismatch> { .edited(form) }
  package func makeFilter() -> any Filter { EditFilter(edit: edit) }
}
