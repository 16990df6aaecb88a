/// Runs a capturing expression over texts, with buffers that are used again.
///
/// All ways through the program go on together, in the order of their rank; each instruction is on at most one way, the
/// first that comes to it. A match ends all ways of lower rank. So the time is the program's size by the text's.
package struct PatternMatcher: Sendable {
  package let expression: CapturingExpression
  private let slotCount: Int
  private var current: Ways
  private var next: Ways
  /// The slots of the way that is followed.
  private var slots: [Int]
  private var pending: [Step] = []
  /// Instructions that were come to since this was last counted.
  private var visited = 0
  /// Where groups start and end in the last match, in bytes; -1: not in it. The first two are the match itself.
  private var found: [Int]

  /// The most instructions that are visited for one message: a tenth of a second, or so.
  package static let mostVisits = 10_000_000

  private enum Step: Sendable {
    case visit(Int)
    /// Puts back what the slot was when its way was left.
    case restore(slot: Int, Int)
  }

  package init(_ expression: CapturingExpression) {
    self.expression = expression
    slotCount = 2 * (expression.groupNames.count + 1)
    current = Ways(expression.program.count, slotCount)
    next = current
    slots = Array(repeating: -1, count: slotCount)
    found = slots
  }

  /// The bytes of a group in the last match, 0 being all of it; nil: the group has no part in it.
  package func range(of group: Int) -> Range<Int>? {
    found[2 * group] < 0 || found[2 * group + 1] < 0 ? nil : found[2 * group]..<found[2 * group + 1]
  }

  /// Looks for the first match that starts at `start` or behind.
  ///
  /// - Parameters:
  ///   - text: valid UTF-8.
  ///   - start: a scalar's first byte; what stands before counts for `\b` and `^`.
  ///   - visits: how many may be made; what was made is taken from it.
  /// - Throws: `EvaluationError` when they do not suffice.
  package mutating func find(
    in text: UnsafeRawBufferPointer, from start: Int = 0, visits: inout Int
  ) throws(EvaluationError) -> Bool {
    current.removeAll()
    var hasFound = false
    var place = start
    var before = text.scalar(endingAt: start)
    var here = text.scalar(at: start)
    while true {
      if !hasFound, !expression.isAnchored || place == 0 {
        for slot in slots.indices { slots[slot] = -1 }
        slots[0] = place
        follow(0, at: place, before, here?.scalar, into: true)
      }
      if current.count == 0, hasFound || expression.isAnchored { return hasFound }
      visits -= visited + 1
      visited = 0
      guard visits >= 0 else { throw EvaluationError(.costLimit) }
      let end = place + (here?.width ?? 0)
      let behind = here == nil ? nil : text.scalar(at: end)
      next.removeAll()
      if step(here?.scalar, behind?.scalar, place, end) { hasFound = true }
      swap(&current, &next)
      guard let scalar = here?.scalar else { return hasFound }
      (before, here, place) = (scalar, behind, end)
    }
  }

  /// Takes all ways over a scalar, in order, up to one that matches.
  private mutating func step(
    _ here: Unicode.Scalar?, _ behind: Unicode.Scalar?, _ place: Int, _ end: Int
  ) -> Bool {
    for index in 0..<current.count {
      let state = current[index]
      switch expression.program[state] {
      case .match:
        current.load(state, into: &found)
        found[1] = place
        return true
      case .scalar(let wanted): guard wanted == here else { continue }
      case .set(let set): guard let here, set.contains(here) else { continue }
      default: continue
      }
      current.load(state, into: &slots)
      follow(state + 1, at: end, here, behind, into: false)
    }
    return false
  }

  /// Adds an instruction and all that are reached from it without a scalar, in order, with the slots of their ways.
  private mutating func follow(
    _ start: Int, at place: Int, _ before: Unicode.Scalar?, _ behind: Unicode.Scalar?, into isCurrent: Bool
  ) {
    pending.append(.visit(start))
    while let step = pending.popLast() {
      guard case .visit(let state) = step else {
        if case .restore(let slot, let value) = step { slots[slot] = value }
        continue
      }
      guard isCurrent ? current.mark(state) : next.mark(state) else { continue }
      visited += 1
      switch expression.program[state] {
      case .jump(let target): pending.append(.visit(target))
      case .split(let one, let other):
        pending.append(.visit(other))
        pending.append(.visit(one))
      case .assert(let assertion): if assertion.holds(before, behind) { pending.append(.visit(state + 1)) }
      case .save(let slot):
        pending.append(.restore(slot: slot, slots[slot]))
        slots[slot] = place
        pending.append(.visit(state + 1))
      case .scalar, .set, .match: if isCurrent { current.add(state, slots) } else { next.add(state, slots) }
      }
    }
  }

  /// Where ways have come to, in the order of their rank, each with its slots; emptied in constant time.
  private struct Ways {
    private var order: [Int] = []
    private var marks: [Int]
    private var mark = 1
    private var slots: [Int]
    private let slotCount: Int

    init(_ size: Int, _ slotCount: Int) {
      marks = Array(repeating: 0, count: size)
      slots = Array(repeating: -1, count: size * slotCount)
      self.slotCount = slotCount
    }

    var count: Int { order.count }

    subscript(_ index: Int) -> Int { order[index] }

    /// False: a way has come here before.
    mutating func mark(_ state: Int) -> Bool {
      guard marks[state] != mark else { return false }
      marks[state] = mark
      return true
    }

    /// A way waits here for a scalar, or has matched.
    mutating func add(_ state: Int, _ values: [Int]) {
      order.append(state)
      for slot in 0..<slotCount { slots[state * slotCount + slot] = values[slot] }
    }

    func load(_ state: Int, into values: inout [Int]) {
      for slot in 0..<slotCount { values[slot] = slots[state * slotCount + slot] }
    }

    mutating func removeAll() {
      order.removeAll(keepingCapacity: true)
      mark += 1
    }
  }
}

extension UnsafeRawBufferPointer {
  /// The scalar whose first byte stands at a place, and its length in bytes; nil at the end. The text is valid UTF-8.
  fileprivate func scalar(at place: Int) -> (scalar: Unicode.Scalar, width: Int)? {
    guard place < count else { return nil }
    let lead = UInt32(self[place])
    if lead < 0x80 { return (Unicode.Scalar(UInt8(lead)), 1) }
    let width = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
    guard place + width <= count else { return ("\u{FFFD}", 1) }
    var value = lead & (0xFF >> (UInt32(width) + 1))
    for index in place + 1..<(place + width) { value = value << 6 | UInt32(self[index] & 0x3F) }
    return (Unicode.Scalar(value) ?? "\u{FFFD}", width)
  }

  /// The scalar whose last byte stands before a place; nil at the start.
  fileprivate func scalar(endingAt place: Int) -> Unicode.Scalar? {
    guard place > 0 else { return nil }
    var start = place - 1
    while start > 0, self[start] & 0xC0 == 0x80 { start -= 1 }
    return scalar(at: start)?.scalar
  }
}
