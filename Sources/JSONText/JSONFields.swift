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
    var found: Int?
    for (own, value) in object.tape.members(of: object.node) where object.at(own).isSameString(as: key) {
      found = value
    }
    return found.map { object.at($0) }
  }

  /// The members that count, in the order of the text.
  var members: some Sequence<(key: JSONValue, value: JSONValue)> {
    object.tape.members(of: object.node).lazy
      .map { (key: object.at($0.key), value: object.at($0.value)) }
      .filter { value(named: $0.key)?.node == $0.value.node }
  }

  var count: Int { index?.count ?? members.reduce(0) { count, _ in count + 1 } }
}
