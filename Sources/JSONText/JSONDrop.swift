/// Takes members and elements out of a text.
package struct JSONDrop: Sendable {
  private let tree: JSONPathTree

  package init(_ paths: [JSONPath]) { tree = JSONPathTree(paths) }

  /// Appends the new text. Every member of a dropped name goes; a path to nothing, and the path `.`, change nothing.
  ///
  /// - Throws: `JSONEditProblem.notAContainer` when the text is no object or array.
  package func write(
    _ tape: JSONTape, _ text: UnsafeRawBufferPointer, into out: inout [UInt8]
  ) throws(JSONEditProblem) {
    guard tape.isContainer(0) else { throw .notAContainer(JSONPath(steps: [])) }
    JSONCopier.write(tape, text, into: &out) { $0.root { Self.drop(0, tree, &$0) } }
  }

  private static func drop(_ node: Int, _ tree: JSONPathTree, _ copier: inout JSONCopier) {
    guard !tree.isLeaf, copier.tape.isContainer(node) else { return copier.copy(node: node) }
    copier.container(
      node,
      keep: { copier, part in copier.branch(of: tree, part)?.end == nil },
      write: { copier, part in
        copier.copy(copier.tape.range(of: part.key).lowerBound..<copier.tape.range(of: part.value).lowerBound)
        drop(part.value, copier.branch(of: tree, part) ?? JSONPathTree(), &copier)
      })
  }
}
