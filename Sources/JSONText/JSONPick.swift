/// Keeps some of a text's members and elements, nested as they were and in the order they had.
package struct JSONPick: Sendable {
  private let tree: JSONPathTree

  package init(_ paths: [JSONPath]) { tree = JSONPathTree(paths) }

  /// Appends the new text. Of members of one name the last is kept, as only it counts; a path to nothing is none; an
  /// object or array of which nothing is picked goes, except the outermost, which is left empty.
  ///
  /// - Throws: `JSONEditProblem.notAContainer` when the text is no object or array.
  package func write(
    _ tape: JSONTape, _ text: UnsafeRawBufferPointer, into out: inout [UInt8]
  ) throws(JSONEditProblem) {
    guard tree.end != nil || tape.isContainer(0) else { throw .notAContainer(JSONPath(steps: [])) }
    JSONCopier.write(tape, text, into: &out) { $0.root { Self.pick(0, tree, &$0) } }
  }

  private static func pick(_ node: Int, _ tree: JSONPathTree, _ copier: inout JSONCopier) {
    guard tree.end == nil else { return copier.copy(node: node) }
    copier.container(
      node,
      keep: { copier, part in
        guard let branch = copier.branch(of: tree, part), holds(part.value, branch, copier) else { return false }
        return copier.isLast(part, of: node)
      },
      write: { copier, part in
        guard let branch = copier.branch(of: tree, part) else { return }
        copier.copy(copier.tape.range(of: part.key).lowerBound..<copier.tape.range(of: part.value).lowerBound)
        pick(part.value, branch, &copier)
      })
  }

  /// Whether anything of a tree is there.
  private static func holds(_ node: Int, _ tree: JSONPathTree, _ copier: JSONCopier) -> Bool {
    let tape = copier.tape
    return tree.end != nil
      || tree.names.contains { name, tree in
        tape.member(name, of: node, in: copier.text).map { holds($0, tree, copier) } ?? false
      }
      || tree.indices.contains { index, tree in tape.element(index, of: node).map { holds($0, tree, copier) } ?? false }
  }
}

extension JSONTape {
  func isContainer(_ node: Int) -> Bool { kind(of: node) == .object || kind(of: node) == .array }
}
