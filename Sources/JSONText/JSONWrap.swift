extension JSONText {
  /// Appends an object with the text as its only member.
  ///
  /// - Parameter text: JSON; it is not looked at.
  package static func wrap(_ text: UnsafeRawBufferPointer, in name: JSONName, into out: inout [UInt8]) {
    out.append(UInt8(ascii: "{"))
    name.appendQuoted(to: &out)
    out.append(UInt8(ascii: ":"))
    out.append(contentsOf: text)
    out.append(UInt8(ascii: "}"))
  }

  /// Appends the value at a path, as it is spelled.
  ///
  /// - Throws: `JSONEditProblem.missing` when there is none.
  package static func unwrap(
    _ tape: JSONTape, _ text: UnsafeRawBufferPointer, _ path: JSONPath, into out: inout [UInt8]
  ) throws(JSONEditProblem) {
    guard let node = tape.node(at: path, in: text) else { throw .missing(path) }
    out.append(contentsOf: UnsafeRawBufferPointer(rebasing: text[tape.range(of: node)]))
  }
}
