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
}

/// The members of an object that count, which is the last of each name, found in one step each however many there are.
struct JSONMemberIndex {
  /// In the order in which the names first appear: the key and the value that counts.
  private(set) var members: [(key: Int, value: Int)] = []
  private var places: [[UInt8]: Int] = [:]

  init(_ object: JSONValue) {
    for (key, value) in object.tape.members(of: object.node) {
      let name = object.tape.utf8(of: key, in: object.text)
      if let place = places[name] {
        members[place] = (key, value)
      } else {
        places[name] = members.count
        members.append((key, value))
      }
    }
  }

  var count: Int { members.count }

  func value(_ name: [UInt8]) -> Int? { places[name].map { members[$0].value } }
}
