extension JSONCopier {
  /// A member of an object or an element of an array.
  struct Part {
    /// Its place among its neighbours, from 0.
    let position: Int
    /// The node of the key; an element has none, and this is its value's.
    let key: Int
    let value: Int

    var isMember: Bool { key != value }
  }

  /// What becomes of a part.
  enum Choice {
    case leave
    case keep
    /// It is written by the edit, which follows a branch of its tree.
    case edit(Int)
  }

  /// Copies a container without the parts that are left. A part goes with the white space before it and one comma; the
  /// white space before the closing bracket stays.
  ///
  /// - Parameters:
  ///   - edit: writes a part from its key to the end of its value, by the branch that was chosen.
  ///   - append: writes what is to stand behind the last part; it is told how many there are, and tells how many more.
  @inline(__always) mutating func container(
    _ node: Int, choose: (borrowing JSONCopier, Part) -> Choice,
    edit: (inout JSONCopier, Part, Int) throws(JSONEditProblem) -> Void,
    append: (inout JSONCopier, Int) throws(JSONEditProblem) -> Int = { _, _ in 0 }
  ) throws(JSONEditProblem) {
    let range = tape.range(of: node)
    let count = tape.count(of: node)
    let isObject = tape.kind(of: node) == .object
    let new = open(tape.kind(of: node))
    copy(range.lowerBound..<range.lowerBound + 1)
    var held = 0
    var start = range.lowerBound + 1
    var key = node + 1
    var end = start
    for position in 0..<count {
      let part = Part(position: position, key: key, value: isObject ? key + 1 : key)
      end = tape.range(of: part.value).upperBound
      let separator = position + 1 < count ? comma(from: end) : end
      let choice = choose(self, part)
      key = tape.next(after: part.value)
      if case .leave = choice {
        start = separator + 1
        continue
      }
      // In front of every part but the first stands a comma.
      copy((held == 0 ? start : start - 1)..<tape.range(of: part.key).lowerBound)
      if case .edit(let branch) = choice { try edit(&self, part, branch) } else { copy(part) }
      copy(end..<separator)
      held += 1
      start = separator + 1
    }
    held += try append(&self, held)
    copy(end..<range.upperBound)
    close(new, held)
  }

  private func comma(from place: Int) -> Int {
    var index = place
    while text[index] != UInt8(ascii: ",") { index += 1 }
    return index
  }

  private mutating func copy(_ part: Part) {
    let range = tape.range(of: part.key).lowerBound..<tape.range(of: part.value).upperBound
    copy(nodes: part.key..<tape.next(after: part.value), range)
  }

  /// Copies a member's key and what stands between it and the value; nothing of an element.
  mutating func copyKey(of part: Part) {
    let range = tape.range(of: part.key).lowerBound..<tape.range(of: part.value).lowerBound
    copy(nodes: part.key..<part.value, range)
  }

  /// Which child of a tree's branch a member or element is.
  @inline(__always) func child(of branch: Int, _ tree: borrowing JSONPathTree, _ part: Part) -> Int? {
    let children = tree.children(of: branch)
    guard part.isMember else {
      return children.first { tree.branches[$0].name == nil && tree.branches[$0].index == part.position }
    }
    return tree.bytes.withUnsafeBufferPointer { bytes in
      for child in children {
        guard let name = tree.branches[child].name else { continue }
        if tape.isKey(part.key, UnsafeBufferPointer(rebasing: bytes[name]), in: text) { return child }
      }
      return nil
    }
  }

  /// The value a branch leads to from its parent's value; of members of one name the last counts.
  func node(at branch: Int, _ tree: borrowing JSONPathTree, of node: Int) -> Int? {
    guard let name = tree.branches[branch].name else { return tape.element(tree.branches[branch].index, of: node) }
    return tree.bytes.withUnsafeBufferPointer {
      tape.member(named: UnsafeBufferPointer(rebasing: $0[name]), of: node, in: text)
    }
  }

  /// Whether a member is the last of its name, which is the one that counts. Asked of every member of one name it takes
  /// no longer than one walk over the object.
  func isLast(_ part: Part, of object: Int) -> Bool {
    guard part.isMember else { return true }
    var key = tape.next(after: part.value)
    while key < tape.next(after: object) {
      if tape.isSameKey(part.key, key, in: text) { return false }
      key = tape.next(after: key + 1)
    }
    return true
  }
}
