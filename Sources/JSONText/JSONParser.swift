/// Reads one text into nodes; its functions stand in the order of RFC 8259's grammar. It never looks past `count`.
struct JSONParser {
  let base: UnsafeRawPointer
  let count: Int
  let depthLimit: Int
  var nodes: ContiguousArray<JSONNode> = []
  var index = 0

  init(base: UnsafeRawPointer, count: Int, depthLimit: Int) {
    self.base = base
    self.count = count
    self.depthLimit = depthLimit
  }

  /// Section 2: one value with white space around it, in so many containers.
  mutating func document(depth: Int) throws(JSONProblem) {
    skipSpace()
    try value(depth: depth)
    skipSpace()
    guard index == count else { throw JSONProblem(offset: index, reason: .trailing) }
  }

  /// The byte at `index`; 0, which can stand nowhere, at the end.
  @inline(__always) var peek: UInt8 { index < count ? byte(index) : 0 }

  @inline(__always) func byte(_ place: Int) -> UInt8 { base.load(fromByteOffset: place, as: UInt8.self) }

  @inline(__always) private mutating func skipSpace() {
    while index < count {
      let byte = byte(index)
      guard byte <= 0x20, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
      index += 1
    }
  }

  @inline(__always) private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard peek == UInt8(ascii: character) else { return false }
    index += 1
    return true
  }

  /// What is wrong with the byte at `index`.
  func unexpected() -> JSONProblem {
    JSONProblem(offset: index, reason: index < count ? .unexpected(byte(index)) : .incomplete)
  }

  /// Section 3.
  private mutating func value(depth: Int) throws(JSONProblem) {
    switch peek {
    case UInt8(ascii: "\""): try string()
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try number()
    case UInt8(ascii: "{"): try object(depth: depth + 1)
    case UInt8(ascii: "["): try array(depth: depth + 1)
    case UInt8(ascii: "t"): try word("true", .true)
    case UInt8(ascii: "f"): try word("false", .false)
    case UInt8(ascii: "n"): try word("null", .null)
    default: throw unexpected()
    }
  }

  /// Section 4.
  private mutating func object(depth: Int) throws(JSONProblem) {
    let node = try open(.object, depth: depth)
    var members: UInt32 = 0
    if !take("}") {
      repeat {
        skipSpace()
        guard peek == UInt8(ascii: "\"") else { throw unexpected() }
        try string()
        skipSpace()
        guard take(":") else { throw unexpected() }
        skipSpace()
        try value(depth: depth)
        members += 1
        skipSpace()
      } while take(",")
      guard take("}") else { throw unexpected() }
    }
    close(node, members)
  }

  /// Section 5.
  private mutating func array(depth: Int) throws(JSONProblem) {
    let node = try open(.array, depth: depth)
    var elements: UInt32 = 0
    if !take("]") {
      repeat {
        skipSpace()
        try value(depth: depth)
        elements += 1
        skipSpace()
      } while take(",")
      guard take("]") else { throw unexpected() }
    }
    close(node, elements)
  }

  private mutating func open(_ kind: JSONKind, depth: Int) throws(JSONProblem) -> Int {
    guard depth <= depthLimit else { throw JSONProblem(offset: index, reason: .tooDeep) }
    let node = nodes.count
    nodes.append(JSONNode(start: UInt32(truncatingIfNeeded: index), end: 0, next: 0, kind: kind))
    index += 1
    skipSpace()
    return node
  }

  private mutating func close(_ node: Int, _ held: UInt32) {
    nodes[node].end = UInt32(truncatingIfNeeded: index)
    nodes[node].next = UInt32(truncatingIfNeeded: nodes.count)
    nodes[node].count = held
  }

  /// Adds a value without content that ends at `index`.
  @inline(__always) mutating func add(_ kind: JSONKind, from start: Int, isEscaped: Bool = false) {
    nodes.append(
      JSONNode(
        start: UInt32(truncatingIfNeeded: start), end: UInt32(truncatingIfNeeded: index),
        next: UInt32(truncatingIfNeeded: nodes.count + 1), kind: kind, isEscaped: isEscaped))
  }

  private mutating func word(_ word: StaticString, _ kind: JSONKind) throws(JSONProblem) {
    let start = index
    for offset in 0..<word.utf8CodeUnitCount {
      guard peek == word.utf8Start[offset] else { throw unexpected() }
      index += 1
    }
    add(kind, from: start)
  }
}
