extension JSONTape {
  /// The value at a path; nil when nothing is there. Of members of one name the last counts (RFC 8259 section 4).
  package func node(at path: JSONPath, in text: UnsafeRawBufferPointer, from root: Int = 0) -> Int? {
    guard !isEmpty else { return nil }
    var node = root
    for step in path.steps {
      let found =
        switch step {
        case .name(let name): member(name, of: node, in: text)
        case .index(let index): element(index, of: node)
        }
      guard let found else { return nil }
      node = found
    }
    return node
  }

  /// The value of a member; nil when there is none of this name, or no object. The last of several counts.
  package func member(_ name: JSONName, of object: Int, in text: UnsafeRawBufferPointer) -> Int? {
    name.bytes.withUnsafeBufferPointer { member(named: $0, of: object, in: text) }
  }

  /// The value of a member by the UTF-8 of its name, without quotes and escapes.
  package func member(
    named name: UnsafeBufferPointer<UInt8>, of object: Int, in text: UnsafeRawBufferPointer
  ) -> Int? {
    check(text)
    guard nodes[object].kind == .object else { return nil }
    var found: Int?
    var key = object + 1
    for _ in 0..<nodes[object].count {
      if isKey(key, name, in: text) { found = key + 1 }
      key = Int(nodes[key + 1].next)
    }
    return found
  }

  /// The element of an array at an index from 0; nil when there is none, or no array.
  package func element(_ index: Int, of array: Int) -> Int? {
    guard nodes[array].kind == .array, index >= 0, index < nodes[array].count else { return nil }
    var node = array + 1
    for _ in 0..<index { node = Int(nodes[node].next) }
    return node
  }

  /// Whether a key is a name, its escapes read.
  @inline(__always) func isKey(_ key: Int, _ name: UnsafeBufferPointer<UInt8>, in text: UnsafeRawBufferPointer) -> Bool
  {
    let node = nodes[key]
    let start = Int(node.start) + 1
    let count = Int(node.end) - 1 - start
    guard !node.isEscaped else { return count > name.count && isEscapedKey(key, name, in: text) }
    guard count == name.count else { return false }
    for offset in 0..<count where text[start + offset] != name[offset] { return false }
    return true
  }

  /// Apart, so that the loops over keys stay small.
  @inline(never) private func isEscapedKey(
    _ key: Int, _ name: UnsafeBufferPointer<UInt8>, in text: UnsafeRawBufferPointer
  ) -> Bool {
    utf8(of: key, in: text).elementsEqual(name)
  }

  @inline(__always) func isKey(_ key: Int, _ name: JSONName, in text: UnsafeRawBufferPointer) -> Bool {
    name.bytes.withUnsafeBufferPointer { isKey(key, $0, in: text) }
  }

  /// A string's text with its escapes read, without quotes; any other value's text as it is.
  package func string(of node: Int, in text: UnsafeRawBufferPointer) -> String {
    check(text)
    let range = range(of: node)
    guard kind(of: node) == .string else { return String(decoding: text[range], as: UTF8.self) }
    guard nodes[node].isEscaped else {
      return String(decoding: text[range.lowerBound + 1..<range.upperBound - 1], as: UTF8.self)
    }
    return String(decoding: utf8(of: node, in: text), as: UTF8.self)
  }

  /// Where the inside of a string stands; nil when it has escapes, so that these bytes are not its text, and for any
  /// other value.
  package func stringBytes(of node: Int, in text: UnsafeRawBufferPointer) -> Range<Int>? {
    check(text)
    guard kind(of: node) == .string, !nodes[node].isEscaped else { return nil }
    let range = range(of: node)
    return range.lowerBound + 1..<range.upperBound - 1
  }

  /// The inside of a string, its escapes read, in UTF-8.
  func utf8(of string: Int, in text: UnsafeRawBufferPointer) -> [UInt8] {
    check(text)
    let range = range(of: string)
    return JSONEscapes.read(range.lowerBound + 1..<range.upperBound - 1, of: text)
  }
}
