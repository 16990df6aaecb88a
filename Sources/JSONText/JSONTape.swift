/// The structure of one JSON text (RFC 8259) as a flat list of nodes, with the values left where they are: in the text.
///
/// A tape is used again for message after message and then allocates nothing. It keeps no bytes: what reads values
/// takes the text that was parsed once more. Nodes are numbers, valid until the next `parse`; the root is node 0.
///
/// Strictly RFC 8259: no comments, no byte order mark, no trailing commas; strings are valid UTF-8. An escaped
/// surrogate without its pair is right by the grammar (section 8.2) and is read as U+FFFD; its text stays as it is.
package struct JSONTape: Equatable, Sendable {
  /// The longest text, in bytes.
  package let sizeLimit: Int
  /// How deep containers may stand in each other: `[[]]` is 2 deep.
  package let depthLimit: Int

  var nodes: ContiguousArray<JSONNode> = []
  /// The length of the parsed text, in bytes.
  var textCount = 0

  /// - Parameters:
  ///   - sizeLimit: bytes; at most 2 GiB.
  ///   - depthLimit: levels; at most 512, as the parser calls itself.
  package init(sizeLimit: Int = Int(Int32.max), depthLimit: Int = 128) {
    self.sizeLimit = min(sizeLimit, Int(Int32.max))
    self.depthLimit = min(depthLimit, 512)
  }

  /// Replaces the tape's content by the structure of a text. After an error the tape is empty.
  package mutating func parse(_ text: UnsafeRawBufferPointer) throws(JSONProblem) {
    clear()
    textCount = text.count
    if let problem = add(text, 0, 0) { throw problem }
  }

  /// Adds the nodes of what stands from `start` on, one value with white space around it, in so many containers. After
  /// an error the tape is empty.
  mutating func add(_ text: UnsafeRawBufferPointer, _ start: Int, _ depth: Int) -> JSONProblem? {
    guard text.count <= sizeLimit, let base = text.baseAddress else {
      nodes.removeAll(keepingCapacity: true)
      return text.isEmpty
        ? JSONProblem(offset: 0, reason: .incomplete) : JSONProblem(offset: sizeLimit, reason: .tooLong)
    }
    var parser = JSONParser(base: base, count: text.count, depthLimit: depthLimit)
    parser.index = start
    swap(&parser.nodes, &nodes)
    defer { swap(&parser.nodes, &nodes) }
    do throws(JSONProblem) {
      try parser.document(depth: depth)
      return nil
    } catch {
      parser.nodes.removeAll(keepingCapacity: true)
      return error
    }
  }

  mutating func clear() {
    nodes.removeAll(keepingCapacity: true)
    textCount = 0
  }

  /// Whether nothing was parsed, or the last text was no JSON.
  package var isEmpty: Bool { nodes.isEmpty }

  package func kind(of node: Int) -> JSONKind { nodes[node].kind }

  /// Where a value stands in the text, in bytes, without the white space around it.
  package func range(of node: Int) -> Range<Int> { Int(nodes[node].start)..<Int(nodes[node].end) }

  /// How many members or elements a container has, duplicates counted; 0 for any other value.
  package func count(of node: Int) -> Int { Int(nodes[node].count) }

  /// The members of an object in the order of the text, duplicates too; none for any other value.
  package func members(of node: Int) -> JSONMembers {
    JSONMembers(tape: self, following: node + 1, left: kind(of: node) == .object ? count(of: node) : 0)
  }

  /// The elements of an array; none for any other value.
  package func elements(of node: Int) -> JSONElements {
    JSONElements(tape: self, following: node + 1, left: kind(of: node) == .array ? count(of: node) : 0)
  }

  /// Whether all containers stand at most so deep in each other.
  func isWithin(depth: Int) -> Bool { nodes.count <= depth || self.depth(of: 0) <= depth }

  private func depth(of node: Int) -> Int {
    guard isContainer(node) else { return 0 }
    var deepest = 0
    var inner = node + 1
    while inner < next(after: node) {
      deepest = max(deepest, depth(of: inner))
      inner = next(after: inner)
    }
    return deepest + 1
  }

  func next(after node: Int) -> Int { Int(nodes[node].next) }

  /// The text must be the parsed one; at least its length is checked, so that no read leaves it.
  @inline(__always) func check(_ text: UnsafeRawBufferPointer) {
    precondition(text.count == textCount, "not the text that was parsed")
  }
}

/// The members of an object, in order.
package struct JSONMembers: Sequence, IteratorProtocol {
  let tape: JSONTape
  var following: Int
  var left: Int

  package mutating func next() -> (key: Int, value: Int)? {
    guard left > 0 else { return nil }
    let key = following
    left -= 1
    following = tape.next(after: key + 1)
    return (key, key + 1)
  }
}

/// The elements of an array, in order.
package struct JSONElements: Sequence, IteratorProtocol {
  let tape: JSONTape
  var following: Int
  var left: Int

  package mutating func next() -> Int? {
    guard left > 0 else { return nil }
    let node = following
    left -= 1
    following = tape.next(after: node)
    return node
  }
}
