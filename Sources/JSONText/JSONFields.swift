/// The members of an object that count: the last of each name.
///
/// Objects of a stream have the same members in the same order nearly always. So a member is looked for first behind
/// the one found last; only when it is not there the object is searched, a large one by an index.
struct JSONFields {
  private let object: JSONValue
  /// Whether no two members have one name.
  private let isUnique: Bool
  /// The key behind the member found last.
  private var expected: Int
  private var index: [[UInt8]: Int]?

  private static let smallCount = 16

  init(_ object: JSONValue) {
    self.object = object
    let isObject = object.kind == .object
    isUnique = !isObject || !object.tape.hasDuplicates(object: object.node, in: object.text)
    expected = isObject ? object.node + 1 : object.tape.next(after: object.node)
    if !isUnique, object.tape.count(of: object.node) > Self.smallCount { makeIndex() }
  }

  private mutating func makeIndex() {
    var index: [[UInt8]: Int] = [:]
    for (key, value) in object.tape.members(of: object.node) {
      index[object.tape.utf8(of: key, in: object.text)] = value
    }
    self.index = index
  }

  /// The value of the member with this key, which may stand in another text.
  mutating func value(named key: JSONValue) -> JSONValue? {
    let tape = object.tape
    if isUnique, expected < tape.next(after: object.node), tape.isSame(expected, object.text, key) {
      defer { expected = tape.next(after: expected + 1) }
      return object.at(expected + 1)
    }
    if index == nil, tape.count(of: object.node) > Self.smallCount { makeIndex() }
    guard let found = search(key) else { return nil }
    expected = tape.next(after: found)
    return object.at(found)
  }

  private func search(_ key: JSONValue) -> Int? {
    let tape = object.tape
    if let index { return index[key.tape.utf8(of: key.node, in: key.text)] }
    guard tape.kind(of: object.node) == .object else { return nil }
    var found: Int?
    var own = object.node + 1
    while own < tape.next(after: object.node) {
      if tape.isSame(own, object.text, key) { found = own + 1 }
      own = tape.next(after: own + 1)
    }
    return found
  }

  /// The members that count, in the order of the text.
  var members: Members { Members(fields: self, left: object.tape.members(of: object.node)) }

  struct Members: Sequence, IteratorProtocol {
    let fields: JSONFields
    var left: JSONMembers

    mutating func next() -> (key: JSONValue, value: JSONValue)? {
      while let (key, value) = left.next() {
        let name = fields.object.at(key)
        if fields.isUnique || fields.search(name) == value { return (name, fields.object.at(value)) }
      }
      return nil
    }
  }

  var count: Int {
    guard !isUnique else { return object.tape.count(of: object.node) }
    return index?.count ?? members.reduce(0) { count, _ in count + 1 }
  }
}
