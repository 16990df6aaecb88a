import ConfigText
import Expressions
import JSONText

/// `set: {field: EXPR}`: puts values into an object.
package struct SetSpec: FilterSpec {
  package struct Assignment: Equatable, Sendable {
    var field: FieldPath
    var value: FilterExpression
  }

  package var assignments: [Assignment]
  private let edit: JSONSet

  package static let isTimed = false
  package static let isStateless = true
  package static let key = "set"
  package static let summary =
    "Puts the values of expressions into a JSON object, in place of a field or behind the last."
  package static let example = "{total: msg.price * msg.volume, seen: now}"

  package static func == (left: SetSpec, right: SetSpec) -> Bool { left.assignments == right.assignments }

  package static func decode(_ node: ConfigNode, _ reader: inout ConfigReader) -> SetSpec? {
    guard let entries = node.entries else {
      reader.mismatch(node, expected: "a mapping of fields to expressions")
      return nil
    }
    let assignments = entries.compactMap { entry -> Assignment? in
      guard let field = FieldPath.decode(entry.key, &reader),
        let value = FilterExpression.decode(entry.value, &reader)
      else { return nil }
      return Assignment(field: field, value: value)
    }
    guard assignments.count == entries.count else { return nil }
    do throws(JSONEditProblem) {
      return SetSpec(assignments: assignments, edit: try JSONSet(assignments.map(\.field.path)))
    } catch {
      reader.error("'set': \(error.description)", at: node.place)
      return nil
    }
  }

  package var expressions: [FilterExpression] { assignments.map(\.value) }
  package func form(after form: MessageForm) -> Result<MessageForm, FormMismatch> { .edited(form) }
  package func makeFilter() -> any Filter { SetFilter(values: assignments.map(\.value), edit: edit) }
}

struct SetFilter: Filter {
  let values: [FilterExpression]
  let edit: JSONSet
  /// The values of the message at hand as JSON.
  private var texts: [[UInt8]]

  init(values: [FilterExpression], edit: JSONSet) {
    self.values = values
    self.edit = edit
    texts = Array(repeating: [], count: values.count)
  }

  /// All values are those of the message before any of them is put into it.
  mutating func take(_ message: inout Message, _ run: inout Run) throws(FilterFailure) -> Bool {
    for (index, expression) in values.enumerated() {
      texts[index].removeAll(keepingCapacity: true)
      try expression.appendJSON(of: &message, &run, to: &texts[index])
    }
    let texts = texts
    try message.edit { (tape, text, out, newTape) throws(JSONEditProblem) in
      try edit.write(tape, text, into: &out, &newTape) { index, out in out.append(contentsOf: texts[index]) }
    }
    return true
  }
}
