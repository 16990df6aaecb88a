/// Makes a text from the ranges of another, and its tape from the other's nodes; neighbouring ranges are copied as one.
///
/// Bytes and nodes are written side by side: what `position` says when a node is added is where its text starts.
struct JSONCopier {
  let tape: JSONTape
  let text: UnsafeRawBufferPointer
  private var out: [UInt8] = []
  /// The tape of the new text.
  private(set) var made = JSONTape()
  /// Where in `out` the new text starts.
  private let start: Int
  /// What is to be copied next.
  private var pending = 0..<0

  /// Takes the caller's array and tape for as long as `body` writes. After an error the array is as it was and the new
  /// tape is empty.
  static func write(
    _ tape: JSONTape, _ text: UnsafeRawBufferPointer, into out: inout [UInt8], _ newTape: inout JSONTape,
    _ body: (inout JSONCopier) throws(JSONEditProblem) -> Void
  ) throws(JSONEditProblem) {
    tape.check(text)
    precondition(newTape.depthLimit >= tape.depthLimit, "the new tape must allow what the old one does")
    var copier = JSONCopier(tape: tape, text: text, start: out.count)
    copier.exchange(&out, &newTape)
    copier.made.clear()
    do throws(JSONEditProblem) {
      try body(&copier)
      try copier.finish()
    } catch {
      copier.out.removeSubrange(copier.start...)
      copier.made.clear()
      copier.exchange(&out, &newTape)
      throw error
    }
    copier.exchange(&out, &newTape)
  }

  private init(tape: JSONTape, text: UnsafeRawBufferPointer, start: Int) {
    self.tape = tape
    self.text = text
    self.start = start
  }

  private mutating func exchange(_ out: inout [UInt8], _ newTape: inout JSONTape) {
    swap(&self.out, &out)
    swap(&made, &newTape)
  }

  private mutating func finish() throws(JSONEditProblem) {
    flush()
    made.textCount = position
    guard position <= made.sizeLimit else { throw .tooLong }
  }

  /// Where in the new text the next byte will stand.
  private var position: Int { out.count - start + pending.count }

  /// Copies bytes that are no values: white space and punctuation.
  mutating func copy(_ range: Range<Int>) {
    if range.lowerBound == pending.upperBound {
      pending = pending.lowerBound..<range.upperBound
    } else {
      flush()
      pending = range
    }
  }

  private mutating func flush() {
    if !pending.isEmpty { out.append(contentsOf: UnsafeRawBufferPointer(rebasing: text[pending])) }
    pending = 0..<0
  }

  /// Copies a value, or what stands from the first of several nodes to the end of the last.
  mutating func copy(node: Int) { copy(nodes: node..<tape.next(after: node), tape.range(of: node)) }

  mutating func copy(nodes: Range<Int>, _ range: Range<Int>) {
    let shift = UInt32(truncatingIfNeeded: position - range.lowerBound)
    let jump = UInt32(truncatingIfNeeded: made.nodes.count - nodes.lowerBound)
    for index in nodes {
      var node = tape.nodes[index]
      node.start &+= shift
      node.end &+= shift
      node.next &+= jump
      made.nodes.append(node)
    }
    copy(range)
  }

  mutating func append(_ character: Unicode.Scalar) {
    flush()
    out.append(UInt8(ascii: character))
  }

  mutating func append(key name: JSONName) {
    flush()
    let end = position + name.quoted.count
    made.nodes.append(
      JSONNode(
        start: UInt32(truncatingIfNeeded: position), end: UInt32(truncatingIfNeeded: end),
        next: UInt32(truncatingIfNeeded: made.nodes.count + 1), kind: .string, isEscaped: name.isEscaped))
    out.append(contentsOf: name.quoted)
  }

  /// Adds the node of a container whose bracket comes next; `close` tells what it came to hold.
  mutating func open(_ kind: JSONKind) -> Int {
    let place = UInt32(truncatingIfNeeded: position)
    made.nodes.append(JSONNode(start: place, end: place, next: 0, kind: kind))
    return made.nodes.count - 1
  }

  mutating func close(_ node: Int, _ held: Int) {
    made.nodes[node].end = UInt32(truncatingIfNeeded: position)
    made.nodes[node].next = UInt32(truncatingIfNeeded: made.nodes.count)
    made.nodes[node].count = UInt32(truncatingIfNeeded: held)
  }

  /// Everything but the value of the root, which `body` writes: the white space around it stays.
  mutating func root(
    _ body: (inout JSONCopier) throws(JSONEditProblem) -> Void
  ) throws(JSONEditProblem) {
    let range = tape.range(of: 0)
    copy(0..<range.lowerBound)
    try body(&self)
    copy(range.upperBound..<text.count)
  }

  /// Writes a value that comes from elsewhere, and reads its structure.
  ///
  /// - Parameters:
  ///   - path: where it is put, to be named in an error.
  ///   - depth: how many containers it stands in.
  mutating func insert(
    _ path: JSONPath, depth: Int, _ write: (inout [UInt8]) -> Void
  ) throws(JSONEditProblem) {
    flush()
    let place = position
    write(&out)
    var bytes: [UInt8] = []
    swap(&bytes, &out)
    let problem = bytes.withUnsafeBytes { made.add(UnsafeRawBufferPointer(rebasing: $0[start...]), place, depth) }
    swap(&bytes, &out)
    guard let problem else { return }
    throw JSONEditProblem(problem.reason, at: path)
  }
}
