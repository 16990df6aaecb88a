/// Several paths as one tree, so that a text is walked once for all of them.
///
/// The branches lie in one list, those of one parent side by side behind it, and the names in one array of bytes, so
/// that a walk counts no references:
///
///     a.b, a.c, d    0 root children 1..<3    1 a children 3..<5    2 d end 2    3 b end 0    4 c end 1
struct JSONPathTree: Sendable {
  struct Branch: Sendable {
    /// Where in `bytes` the name stands that leads here from the parent; nil for an index.
    let name: Range<Int>?
    let index: Int
    let depth: Int
    /// Which of the paths ends here.
    var end: Int?
    var children = 0..<0
  }

  private(set) var branches: [Branch] = []
  private(set) var bytes: [UInt8] = []
  /// What leads to each branch; the root has none.
  private(set) var steps: [JSONPath.Step?] = []

  init(_ paths: [JSONPath]) {
    add(nil, depth: 0)
    var through = [Array(paths.indices)]
    var parent = 0
    while parent < branches.count {
      let first = branches.count
      let depth = branches[parent].depth
      for number in through[parent] {
        guard depth < paths[number].steps.count else {
          branches[parent].end = number
          continue
        }
        let step = paths[number].steps[depth]
        let place = steps[first...].firstIndex(of: step) ?? branches.count
        if place == branches.count {
          add(step, depth: depth + 1)
          through.append([])
        }
        through[place].append(number)
      }
      branches[parent].children = first..<branches.count
      parent += 1
    }
  }

  private mutating func add(_ step: JSONPath.Step?, depth: Int) {
    steps.append(step)
    switch step {
    case .name(let name):
      branches.append(Branch(name: bytes.count..<bytes.count + name.bytes.count, index: 0, depth: depth))
      bytes += name.bytes
    case .index(let index): branches.append(Branch(name: nil, index: index, depth: depth))
    case nil: branches.append(Branch(name: nil, index: 0, depth: depth))
    }
  }

  func end(of branch: Int) -> Int? { branches[branch].end }

  func children(of branch: Int) -> Range<Int> { branches[branch].children }
}
