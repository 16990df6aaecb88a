/// Gives members other names; they stay where they are.
package struct JSONRename: Sendable {
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

  /// Appends the new text. A member that had a new name before gives way to the one that gets it; of members of one old
  /// name the last is kept, as only it counts. A path to nothing changes nothing.
  ///
  /// - Throws: `JSONEditProblem.notAContainer` when the text is no object or array.
  package func write(
    _ tape: JSONTape, _ text: UnsafeRawBufferPointer, into out: inout [UInt8]
  ) throws(JSONEditProblem) {
    guard tape.isContainer(0) else { throw .notAContainer(JSONPath(steps: [])) }
    JSONCopier.write(tape, text, into: &out) { $0.root { rename(0, tree, &$0) } }
  }

  private func rename(_ node: Int, _ tree: JSONPathTree, _ copier: inout JSONCopier) {
    let (tape, text) = (copier.tape, copier.text)
    guard !tree.isLeaf, tape.isContainer(node) else { return copier.copy(node: node) }
    // The names that are given away in this object.
    let taken = tree.names.compactMap { name, branch in
      branch.end.flatMap { tape.member(name, of: node, in: text) == nil ? nil : names[$0] }
    }
    copier.container(
      node,
      keep: { copier, part in
        guard copier.branch(of: tree, part)?.end == nil else { return copier.isLast(part, of: node) }
        return !part.isMember || !taken.contains { tape.isKey(part.key, $0, in: text) }
      },
      write: { copier, part in
        let branch = copier.branch(of: tree, part) ?? JSONPathTree()
        let key = tape.range(of: part.key)
        if let end = branch.end {
          copier.insert { names[end].appendQuoted(to: &$0) }
          copier.copy(key.upperBound..<tape.range(of: part.value).lowerBound)
        } else {
          copier.copy(key.lowerBound..<tape.range(of: part.value).lowerBound)
        }
        rename(part.value, branch, &copier)
      })
  }
}

extension JSONName {
  /// Appends the name as a JSON string.
  func appendQuoted(to out: inout [UInt8]) { out.append(contentsOf: JSONText.quoted(text).utf8) }
}
