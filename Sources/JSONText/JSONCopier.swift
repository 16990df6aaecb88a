/// Makes a text from the ranges of another; neighbouring ranges are copied as one.
struct JSONCopier {
  let tape: JSONTape
  let text: UnsafeRawBufferPointer
  private(set) var out: [UInt8]
  /// What is to be copied next.
  private var pending = 0..<0

  /// A member of an object or an element of an array.
  struct Part {
    /// Its place among its neighbours, from 0.
    let position: Int
    /// The node of the key; an element has none, and this is its value's.
    let key: Int
    let value: Int

    var isMember: Bool { key != value }
  }

  /// Takes the caller's array for as long as `body` writes.
  static func write(
    _ tape: JSONTape, _ text: UnsafeRawBufferPointer, into out: inout [UInt8], _ body: (inout JSONCopier) -> Void
  ) {
    tape.check(text)
    var copier = JSONCopier(tape: tape, text: text, out: [])
    swap(&copier.out, &out)
    body(&copier)
    copier.flush()
    swap(&copier.out, &out)
  }

  private init(tape: JSONTape, text: UnsafeRawBufferPointer, out: [UInt8]) {
    self.tape = tape
    self.text = text
    self.out = out
  }

  mutating func copy(_ range: Range<Int>) {
    if range.lowerBound == pending.upperBound {
      pending = pending.lowerBound..<range.upperBound
    } else {
      flush()
      pending = range
    }
  }

  mutating func copy(node: Int) { copy(tape.range(of: node)) }

  /// Everything but the value of the root, which `body` writes: the white space around it stays.
  mutating func root(_ body: (inout JSONCopier) -> Void) {
    let range = tape.range(of: 0)
    copy(0..<range.lowerBound)
    body(&self)
    copy(range.upperBound..<text.count)
  }

  mutating func insert(_ write: (inout [UInt8]) -> Void) {
    flush()
    write(&out)
  }

  private mutating func flush() {
    if !pending.isEmpty { out.append(contentsOf: UnsafeRawBufferPointer(rebasing: text[pending])) }
    pending = 0..<0
  }

  /// Copies a container without the parts that are not kept. A part goes with the white space before it and one comma;
  /// the white space before the closing bracket stays.
  ///
  /// - Parameters:
  ///   - write: writes a part that is kept, from its key to the end of its value.
  ///   - append: writes what is to stand behind the last part; it is told whether that would be the first.
  mutating func container(
    _ node: Int, keep: (JSONCopier, Part) -> Bool, write: (inout JSONCopier, Part) -> Void,
    append: (inout JSONCopier, Bool) -> Void = { _, _ in }
  ) {
    let range = tape.range(of: node)
    let count = tape.count(of: node)
    let isObject = tape.kind(of: node) == .object
    copy(range.lowerBound..<range.lowerBound + 1)
    var start = range.lowerBound + 1
    var isFirst = true
    var key = node + 1
    var end = start
    for position in 0..<count {
      let part = Part(position: position, key: key, value: isObject ? key + 1 : key)
      end = tape.range(of: part.value).upperBound
      let separator = position + 1 < count ? comma(from: end) : end
      if keep(self, part) {
        // In front of every part but the first stands a comma.
        copy((isFirst ? start : start - 1)..<tape.range(of: key).lowerBound)
        write(&self, part)
        copy(end..<separator)
        isFirst = false
      }
      start = separator + 1
      key = tape.next(after: part.value)
    }
    append(&self, isFirst)
    copy(end..<range.upperBound)
  }

  private func comma(from place: Int) -> Int {
    var index = place
    while text[index] != UInt8(ascii: ",") { index += 1 }
    return index
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
