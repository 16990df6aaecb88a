/// Puts values into a text: in place of the one at a path, or behind the last member.
package struct JSONSet: Sendable {
  private let tree: JSONPathTree
  private let paths: [JSONPath]

  /// - Throws: `JSONEditProblem.conflict` when one of the paths leads through another, or they are the same.
  package init(_ paths: [JSONPath]) throws(JSONEditProblem) {
    tree = JSONPathTree(paths)
    self.paths = paths
    for (number, path) in paths.enumerated() {
      let isTwice = paths[..<number].contains { $0.steps.starts(with: path.steps) || path.steps.starts(with: $0.steps) }
      guard !isTwice else { throw .conflict(path) }
    }
  }

  /// Appends the new text. Objects missing on the way are made; an index may name an element that is there or the one
  /// behind the last. Of members of one name the last is set.
  ///
  /// - Parameter value: appends the JSON text for the path of this number; what it appends is not looked at.
  /// - Throws: `JSONEditProblem` when something else than a container stands on the way; then nothing is appended.
  package func write(
    _ tape: JSONTape, _ text: UnsafeRawBufferPointer, into out: inout [UInt8], value: (Int, inout [UInt8]) -> Void
  ) throws(JSONEditProblem) {
    for path in paths { try Self.check(path, tape, text) }
    JSONCopier.write(tape, text, into: &out) { copier in
      copier.root { Self.set(0, tree, &$0, value) }
    }
  }

  /// Sees that a value can be put at a path.
  private static func check(
    _ path: JSONPath, _ tape: JSONTape, _ text: UnsafeRawBufferPointer
  ) throws(JSONEditProblem) {
    var node: Int? = 0
    for (depth, step) in path.steps.enumerated() {
      let place = JSONPath(steps: Array(path.steps[..<depth]))
      switch (step, node) {
      case (.name, nil): continue
      case (.index, nil): throw .missing(place)
      case (.name(let name), let object?):
        guard tape.kind(of: object) == .object else { throw .notAContainer(place) }
        node = tape.member(name, of: object, in: text)
      case (.index(let index), let array?):
        guard tape.kind(of: array) == .array else { throw .notAContainer(place) }
        guard index <= tape.count(of: array) else { throw .missing(JSONPath(steps: Array(path.steps[...depth]))) }
        node = tape.element(index, of: array)
      }
    }
  }

  private static func set(
    _ node: Int, _ tree: JSONPathTree, _ copier: inout JSONCopier, _ value: (Int, inout [UInt8]) -> Void
  ) {
    if let end = tree.end { return copier.insert { value(end, &$0) } }
    guard !tree.isLeaf else { return copier.copy(node: node) }
    copier.container(
      node, keep: { _, _ in true },
      write: { copier, part in
        copier.copy(copier.tape.range(of: part.key).lowerBound..<copier.tape.range(of: part.value).lowerBound)
        guard let branch = copier.branch(of: tree, part), copier.isLast(part, of: node) else {
          return copier.copy(node: part.value)
        }
        set(part.value, branch, &copier, value)
      },
      append: { copier, isFirst in
        let tape = copier.tape
        let text = copier.text
        var isFirst = isFirst
        for (name, tree) in tree.names where tape.member(name, of: node, in: text) == nil {
          copier.insert { out in add(name, tree, &out, isFirst, value) }
          isFirst = false
        }
        for (index, tree) in tree.indices where index == tape.count(of: node) {
          copier.insert { out in
            if !isFirst { out.append(UInt8(ascii: ",")) }
            make(tree, &out, value)
          }
        }
      })
  }

  private static func add(
    _ name: JSONName, _ tree: JSONPathTree, _ out: inout [UInt8], _ isFirst: Bool,
    _ value: (Int, inout [UInt8]) -> Void
  ) {
    if !isFirst { out.append(UInt8(ascii: ",")) }
    name.appendQuoted(to: &out)
    out.append(UInt8(ascii: ":"))
    make(tree, &out, value)
  }

  /// The value for a path of which nothing is there yet.
  private static func make(_ tree: JSONPathTree, _ out: inout [UInt8], _ value: (Int, inout [UInt8]) -> Void) {
    if let end = tree.end { return value(end, &out) }
    out.append(UInt8(ascii: "{"))
    for (number, child) in tree.names.enumerated() { add(child.name, child.tree, &out, number == 0, value) }
    out.append(UInt8(ascii: "}"))
  }
}
