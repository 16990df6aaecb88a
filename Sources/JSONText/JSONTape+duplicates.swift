extension JSONTape {
  /// Whether any object of the text has two members of one name. It takes time in proportion to the text's length;
  /// ask it of a message only as long as the answer would be told.
  package func hasDuplicates(in text: UnsafeRawBufferPointer) -> Bool {
    check(text)
    return nodes.indices.contains { nodes[$0].kind == .object && hasDuplicates(object: $0, in: text) }
  }

  func hasDuplicates(object: Int, in text: UnsafeRawBufferPointer) -> Bool {
    guard count(of: object) <= 16 else { return hasDuplicates(large: object, in: text) }
    var key = object + 1
    while key < next(after: object) {
      var other = next(after: key + 1)
      while other < next(after: object) {
        if isSameKey(key, other, in: text) { return true }
        other = next(after: other + 1)
      }
      key = next(after: key + 1)
    }
    return false
  }

  /// The same in linear time: the keys go into a hash table, which is at most half full.
  private func hasDuplicates(large object: Int, in text: UnsafeRawBufferPointer) -> Bool {
    let mask = 1 << (Int.bitWidth - (2 * count(of: object)).leadingZeroBitCount) - 1
    return withUnsafeTemporaryAllocation(of: UInt32.self, capacity: mask + 1) { slots in
      slots.initialize(repeating: 0)
      var key = object + 1
      while key < next(after: object) {
        var slot = hash(key: key, in: text) & mask
        // No key is node 0, which is the root.
        while slots[slot] != 0 {
          if isSameKey(Int(slots[slot]), key, in: text) { return true }
          slot = (slot + 1) & mask
        }
        slots[slot] = UInt32(truncatingIfNeeded: key)
        key = next(after: key + 1)
      }
      return false
    }
  }

  private func hash(key: Int, in text: UnsafeRawBufferPointer) -> Int {
    var hasher = Hasher()
    if let inside = stringBytes(of: key, in: text) {
      hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: text[inside]))
    } else {
      utf8(of: key, in: text).withUnsafeBytes { hasher.combine(bytes: $0) }
    }
    return hasher.finalize()
  }

  func isSameKey(_ one: Int, _ other: Int, in text: UnsafeRawBufferPointer) -> Bool {
    isSameKey(one, text, other, self, text)
  }

  /// Whether a key is the same characters as one of another text, their escapes read.
  func isSame(_ key: Int, _ text: UnsafeRawBufferPointer, _ other: JSONValue) -> Bool {
    isSameKey(key, text, other.node, other.tape, other.text)
  }

  @inline(__always) private func isSameKey(
    _ one: Int, _ text: UnsafeRawBufferPointer, _ other: Int, _ tape: JSONTape, _ otherText: UnsafeRawBufferPointer
  ) -> Bool {
    let (a, b) = (nodes[one], tape.nodes[other])
    if a.isEscaped || b.isEscaped { return utf8(of: one, in: text) == tape.utf8(of: other, in: otherText) }
    guard a.end - a.start == b.end - b.start else { return false }
    for offset in 0..<Int(a.end - a.start) where text[Int(a.start) + offset] != otherText[Int(b.start) + offset] {
      return false
    }
    return true
  }
}
