/// Several paths as one tree, so that a text is walked once for all of them.
struct JSONPathTree: Sendable {
  /// Which of the paths ends here.
  private(set) var end: Int?
  private(set) var names: [(name: JSONName, tree: JSONPathTree)] = []
  private(set) var indices: [(index: Int, tree: JSONPathTree)] = []

  init() {}

  init(_ paths: [JSONPath]) {
    for (number, path) in paths.enumerated() { insert(path.steps[...], number) }
  }

  var isLeaf: Bool { names.isEmpty && indices.isEmpty }

  private mutating func insert(_ steps: ArraySlice<JSONPath.Step>, _ number: Int) {
    switch steps.first {
    case nil: end = number
    case .name(let name):
      let place = names.firstIndex { $0.name == name } ?? names.count
      if place == names.count { names.append((name, JSONPathTree())) }
      names[place].tree.insert(steps.dropFirst(), number)
    case .index(let index):
      let place = indices.firstIndex { $0.index == index } ?? indices.count
      if place == indices.count { indices.append((index, JSONPathTree())) }
      indices[place].tree.insert(steps.dropFirst(), number)
    }
  }

}

extension JSONCopier {
  /// Which of a tree's names or indices a member or element is.
  func branch(of tree: JSONPathTree, _ part: Part) -> JSONPathTree? {
    guard part.isMember else { return tree.indices.first { $0.index == part.position }?.tree }
    for (name, tree) in tree.names where tape.isKey(part.key, name, in: text) { return tree }
    return nil
  }
}
