/// Takes members and elements out of a text.
package struct JSONDrop: JSONEdit {
  private let tree: JSONPathTree

  package init(_ paths: [JSONPath]) { tree = JSONPathTree(paths) }

  /// Appends the new text, and makes `newTape` its tape. Every member of a dropped name goes; a path to nothing, and the
  /// path `.`, change nothing.
  ///
  /// - Parameter newTape: one with the limits of the old tape. After an error it is empty, and nothing is appended.
  /// - Throws: `JSONEditProblem.notAContainer` when the text is no object or array.
  package func write(
    _ tape: JSONTape, _ text: UnsafeRawBufferPointer, into out: inout [UInt8], _ newTape: inout JSONTape
  ) throws(JSONEditProblem) {
    try JSONCopier.write(tape, text, into: &out, &newTape) { (copier) throws(JSONEditProblem) in
      guard tape.isContainer(0) else { throw .notAContainer(JSONPath(steps: [])) }
      try copier.root { (copier) throws(JSONEditProblem) in try drop(0, 0, &copier) }
    }
  }

  private func drop(_ node: Int, _ branch: Int, _ copier: inout JSONCopier) throws(JSONEditProblem) {
    guard copier.tape.isContainer(node) else { return copier.copy(node: node) }
    try copier.container(
      node,
      choose: { copier, part in
        guard let child = copier.child(of: branch, tree, part) else { return .keep }
        return tree.end(of: child) == nil ? .edit(child) : .leave
      },
      edit: { (copier, part, child) throws(JSONEditProblem) in
        copier.copyKey(of: part)
        try drop(part.value, child, &copier)
      })
  }
}
