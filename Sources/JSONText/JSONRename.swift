/// Gives members other names; they stay where they are.
package struct JSONRename: JSONEdit {
  private let tree: JSONPathTree
  private let names: [JSONName]

  /// - Parameter names: where a member is, and its new name in the same object. All are renamed at once, so that two
  ///   can change their names with each other.
  /// - Throws: `JSONEditProblem.conflict` when a path names no member, stands twice, or two in one object get one name.
  package init(_ names: [(old: JSONPath, new: String)]) throws(JSONEditProblem) {
    var targets: Set<[JSONPath.Step]> = []
    var sources: Set<JSONPath> = []
    for (old, new) in names {
      guard case .name? = old.steps.last, sources.insert(old).inserted,
        targets.insert(old.steps.dropLast() + [.name(JSONName(new))]).inserted
      else { throw .conflict(old) }
    }
    tree = JSONPathTree(names.map(\.old))
    self.names = names.map { JSONName($0.new) }
  }

  /// Appends the new text, and makes `newTape` its tape. A member that had a new name before gives way to the one that
  /// gets it; of members of one old name the last is kept, as only it counts. A path to nothing changes nothing.
  ///
  /// - Parameter newTape: one with the limits of the old tape. After an error it is empty, and nothing is appended.
  /// - Throws: `JSONEditProblem.notAContainer` when the text is no object or array; `.tooLong`.
  package func write(
    _ tape: JSONTape, _ text: UnsafeRawBufferPointer, into out: inout [UInt8], _ newTape: inout JSONTape
  ) throws(JSONEditProblem) {
    try JSONCopier.write(tape, text, into: &out, &newTape) { (copier) throws(JSONEditProblem) in
      guard tape.isContainer(0) else { throw .notAContainer(JSONPath(steps: [])) }
      try copier.root { (copier) throws(JSONEditProblem) in try rename(0, 0, &copier) }
    }
  }

  private func rename(_ node: Int, _ branch: Int, _ copier: inout JSONCopier) throws(JSONEditProblem) {
    guard copier.tape.isContainer(node) else { return copier.copy(node: node) }
    try copier.container(
      node,
      choose: { copier, part in
        let child = copier.child(of: branch, tree, part)
        if let child, tree.end(of: child) != nil { return copier.isLast(part, of: node) ? .edit(child) : .leave }
        if isTaken(part, of: node, branch, copier) { return .leave }
        return child.map { .edit($0) } ?? .keep
      },
      edit: { (copier, part, child) throws(JSONEditProblem) in
        if let end = tree.end(of: child) {
          copier.append(key: names[end])
          copier.copy(copier.tape.range(of: part.key).upperBound..<copier.tape.range(of: part.value).lowerBound)
        } else {
          copier.copyKey(of: part)
        }
        try rename(part.value, child, &copier)
      })
  }

  /// Whether another member of the object gets the name of this one.
  private func isTaken(_ part: JSONCopier.Part, of node: Int, _ branch: Int, _ copier: borrowing JSONCopier) -> Bool {
    guard part.isMember else { return false }
    for child in tree.children(of: branch) {
      guard let end = tree.end(of: child), copier.tape.isKey(part.key, names[end], in: copier.text) else { continue }
      if copier.node(at: child, tree, of: node) != nil { return true }
    }
    return false
  }
}
