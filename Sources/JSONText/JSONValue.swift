/// One value of a parsed text. It must not outlive the text's bytes.
package struct JSONValue {
  let tape: JSONTape
  let node: Int
  let text: UnsafeRawBufferPointer

  /// - Parameter text: the text the tape was parsed from.
  package init(_ tape: JSONTape, _ node: Int = 0, _ text: UnsafeRawBufferPointer) {
    tape.check(text)
    self.tape = tape
    self.node = node
    self.text = text
  }

  var kind: JSONKind { tape.kind(of: node) }

  /// The value's own bytes.
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: text[tape.range(of: node)]) }

  func at(_ node: Int) -> JSONValue { JSONValue(tape, node, text) }

  /// Whether two strings are the same characters, their escapes read.
  func isSameString(as other: JSONValue) -> Bool { tape.isSame(node, text, other) }

  /// Whether two values mean the same: numbers by their exact decimal value, strings by their characters, objects
  /// whatever the order of their members, of which the last of each name counts.
  package func isSame(as other: JSONValue) -> Bool {
    guard kind == other.kind else { return false }
    switch kind {
    case .true, .false, .null: return true
    case .number: return JSONNumber.isSame(bytes, other.bytes)
    case .string: return isSameString(as: other)
    case .array:
      guard tape.count(of: node) == other.tape.count(of: other.node) else { return false }
      return zip(tape.elements(of: node), other.tape.elements(of: other.node)).allSatisfy {
        at($0).isSame(as: other.at($1))
      }
    case .object:
      let fields = JSONFields(self)
      var others = JSONFields(other)
      return fields.count == others.count
        && fields.members.allSatisfy { key, value in others.value(named: key)?.isSame(as: value) ?? false }
    }
  }
}
