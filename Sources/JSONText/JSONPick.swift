/// Keeps some of a text's members and elements, nested as they were and in the order they had.
package struct JSONPick: JSONEdit {
  private let tree: JSONPathTree

  package init(_ paths: [JSONPath]) { tree = JSONPathTree(paths) }

  /// Appends the new text, and makes `newTape` its tape. Of members of one name the last is kept, as only it counts; a
  /// path to nothing is none; an object or array of which nothing is picked goes, except the outermost, which is left
  /// empty.
  ///
  /// - Parameter newTape: one with the limits of the old tape. After an error it is empty, and nothing is appended.
  /// - Throws: `JSONEditProblem.notAContainer` when the text is no object or array.
  package func write(
    _ tape: JSONTape, _ text: UnsafeRawBufferPointer, into out: inout [UInt8], _ newTape: inout JSONTape
  ) throws(JSONEditProblem) {
    try JSONCopier.write(tape, text, into: &out, &newTape) { (copier) throws(JSONEditProblem) in
      guard tree.end(of: 0) == nil else { return try copier.root { $0.copy(node: 0) } }
      guard tape.isContainer(0) else { throw .notAContainer(JSONPath(steps: [])) }
      try copier.root { (copier) throws(JSONEditProblem) in try pick(0, 0, &copier) }
    }
  }

  private func pick(_ node: Int, _ branch: Int, _ copier: inout JSONCopier) throws(JSONEditProblem) {
    try copier.container(
      node,
      choose: { copier, part in
        guard let child = copier.child(of: branch, tree, part), holds(part.value, child, copier),
          copier.isLast(part, of: node)
        else { return .leave }
        return tree.end(of: child) == nil ? .edit(child) : .keep
      },
      edit: { (copier, part, child) throws(JSONEditProblem) in
        copier.copyKey(of: part)
        try pick(part.value, child, &copier)
      })
  }

  /// Whether anything of a branch is there.
  private func holds(_ node: Int, _ branch: Int, _ copier: borrowing JSONCopier) -> Bool {
    if tree.end(of: branch) != nil { return true }
    for child in tree.children(of: branch) {
      if let inner = copier.node(at: child, tree, of: node), holds(inner, child, copier) { return true }
    }
    return false
  }
}

extension JSONTape {
  func isContainer(_ node: Int) -> Bool { kind(of: node) == .object || kind(of: node) == .array }
}
