/// The members of an object that count: the last of each name. A large object is indexed, so that every member is found
/// in one step; a small one is searched and nothing is allocated for it.
struct JSONFields {
  private let object: JSONValue
  private let index: [[UInt8]: Int]?

  init(_ object: JSONValue) {
    self.object = object
    guard object.kind == .object, object.tape.count(of: object.node) > 16 else {
      index = nil
      return
    }
    var index: [[UInt8]: Int] = [:]
    for (key, value) in object.tape.members(of: object.node) {
      index[object.tape.utf8(of: key, in: object.text)] = value
    }
    self.index = index
  }

  /// The value of the member with this key, which may stand in another text.
  func value(named key: JSONValue) -> JSONValue? {
    if let index { return index[key.tape.utf8(of: key.node, in: key.text)].map { object.at($0) } }
    let tape = object.tape
    guard tape.kind(of: object.node) == .object else { return nil }
    let wanted = key.tape.nodes[key.node]
    let name = UnsafeRawBufferPointer(rebasing: key.text[Int(wanted.start)..<Int(wanted.end)])
    var found: Int?
    var own = object.node + 1
    for _ in 0..<tape.nodes[object.node].count {
      let node = tape.nodes[own]
      if wanted.isEscaped || node.isEscaped {
        if object.at(own).isSameString(as: key) { found = own + 1 }
      } else if Int(node.end - node.start) == name.count, isText(name, at: Int(node.start)) {
        found = own + 1
      }
      own = Int(tape.nodes[own + 1].next)
    }
    return found.map { object.at($0) }
  }

  @inline(__always) private func isText(_ bytes: UnsafeRawBufferPointer, at start: Int) -> Bool {
    for offset in 0..<bytes.count where object.text[start + offset] != bytes[offset] { return false }
    return true
  }

  /// The members that count, in the order of the text.
  var members: some Sequence<(key: JSONValue, value: JSONValue)> {
    object.tape.members(of: object.node).lazy
      .map { (key: object.at($0.key), value: object.at($0.value)) }
      .filter { value(named: $0.key)?.node == $0.value.node }
  }

  var count: Int { index?.count ?? members.reduce(0) { count, _ in count + 1 } }
}
