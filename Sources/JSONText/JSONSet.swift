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

  /// Appends the new text, and makes `newTape` its tape. Objects missing on the way are made; an index may name an
  /// element that is there or the one behind the last. Of members of one name the last is set.
  ///
  /// - Parameters:
  ///   - newTape: one with the limits of the old tape. After an error it is empty, and nothing is appended.
  ///   - value: appends the JSON text for the path of this number.
  /// - Throws: `JSONEditProblem` when something else than a container stands on the way, when a value is no JSON text,
  ///   and when the new text is beyond a limit.
  package func write(
    _ tape: JSONTape, _ text: UnsafeRawBufferPointer, into out: inout [UInt8], _ newTape: inout JSONTape,
    value: (Int, inout [UInt8]) -> Void
  ) throws(JSONEditProblem) {
    try JSONCopier.write(tape, text, into: &out, &newTape) { (copier) throws(JSONEditProblem) in
      for path in paths { try Self.check(path, tape, text) }
      try copier.root { (copier) throws(JSONEditProblem) in try set(0, 0, 0, &copier, value) }
    }
  }

  /// Sees that a value can be put at a path.
  private static func check(
    _ path: JSONPath, _ tape: JSONTape, _ text: UnsafeRawBufferPointer
  ) throws(JSONEditProblem) {
    func start(_ count: Int) -> JSONPath { JSONPath(steps: Array(path.steps[..<count])) }
    var node: Int? = 0
    for (depth, step) in path.steps.enumerated() {
      switch (step, node) {
      case (.name, nil): continue
      case (.index, nil): throw .missing(start(depth))
      case (.name(let name), let object?):
        guard tape.kind(of: object) == .object else { throw .notAContainer(start(depth)) }
        node = tape.member(name, of: object, in: text)
      case (.index(let index), let array?):
        guard tape.kind(of: array) == .array else { throw .notAContainer(start(depth)) }
        guard index <= tape.count(of: array) else { throw .missing(start(depth + 1)) }
        node = tape.element(index, of: array)
      }
    }
  }

  /// - Parameter depth: how many containers the node stands in.
  private func set(
    _ node: Int, _ branch: Int, _ depth: Int, _ copier: inout JSONCopier, _ value: (Int, inout [UInt8]) -> Void
  ) throws(JSONEditProblem) {
    if let end = tree.end(of: branch) { return try copier.insert(paths[end], depth: depth) { value(end, &$0) } }
    guard copier.tape.isContainer(node) else { return copier.copy(node: node) }
    try copier.container(
      node,
      choose: { copier, part in
        guard let child = copier.child(of: branch, tree, part), copier.isLast(part, of: node) else { return .keep }
        return .edit(child)
      },
      edit: { (copier, part, child) throws(JSONEditProblem) in
        copier.copyKey(of: part)
        try set(part.value, child, depth + 1, &copier, value)
      },
      append: { (copier, held) throws(JSONEditProblem) in
        var added = 0
        for child in tree.children(of: branch) where copier.node(at: child, tree, of: node) == nil {
          try add(child, depth + 1, isFirst: held + added == 0, &copier, value)
          added += 1
        }
        return added
      })
  }

  /// Writes a member or element for a path of which nothing is there yet.
  private func add(
    _ branch: Int, _ depth: Int, isFirst: Bool, _ copier: inout JSONCopier, _ value: (Int, inout [UInt8]) -> Void
  ) throws(JSONEditProblem) {
    if !isFirst { copier.append(",") }
    if case .name(let name) = tree.steps[branch] {
      copier.append(key: name)
      copier.append(":")
    }
    if let end = tree.end(of: branch) { return try copier.insert(paths[end], depth: depth) { value(end, &$0) } }
    guard depth < copier.made.depthLimit else { throw .tooDeep }
    let node = copier.open(.object)
    copier.append("{")
    let children = tree.children(of: branch)
    for child in children { try add(child, depth + 1, isFirst: child == children.lowerBound, &copier, value) }
    copier.append("}")
    copier.close(node, children.count)
  }
}
