/// A regular expression in the syntax of RE2, run as an automaton: time is linear in the text whatever the pattern.
package struct RegularExpression: Sendable {
  private let program: [Instruction]
  /// How many instructions it has.
  var size: Int { program.count }

  /// How large a pattern may become.
  static let mostInstructions = 10_000

  /// What is wrong with a pattern, and the scalar of it where.
  package struct Mistake: Error {
    package let message: String
    package let offset: Int
  }

  enum Instruction: Sendable {
    case scalar(Unicode.Scalar)
    case set(ScalarSet)
    case split(Int, Int)
    case jump(Int)
    case assert(Assertion)
    /// Notes the place in a slot; only in programs that capture.
    case save(Int)
    case match
  }

  /// Places without a scalar of their own.
  enum Assertion: Sendable {
    case textStart
    case textEnd
    case lineStart
    case lineEnd
    case wordEdge
    case noWordEdge

    func holds(_ before: Unicode.Scalar?, _ behind: Unicode.Scalar?) -> Bool {
      switch self {
      case .textStart: before == nil
      case .textEnd: behind == nil
      case .lineStart: before == nil || before == "\n"
      case .lineEnd: behind == nil || behind == "\n"
      case .wordEdge: Self.isWord(before) != Self.isWord(behind)
      case .noWordEdge: Self.isWord(before) == Self.isWord(behind)
      }
    }

    private static func isWord(_ scalar: Unicode.Scalar?) -> Bool {
      scalar.map { $0.isLetter || $0.isDigit } ?? false
    }
  }

  init(_ pattern: String) throws(Mistake) {
    var parser = PatternParser(pattern)
    var emitter = PatternEmitter(captures: false)
    try emitter.emit(try parser.parse())
    emitter.program.append(.match)
    program = emitter.program
  }

  /// Whether the pattern is found anywhere in the text. All ways through the program go on together, each instruction
  /// at most once a scalar.
  func matches(_ text: String, _ frame: inout Frame) throws(EvaluationError) -> Bool {
    var current = States(program.count)
    var next = States(program.count)
    var before: Unicode.Scalar?
    var scalars = text.unicodeScalars.makeIterator()
    var scalar = scalars.next()
    var visits = 0
    while true {
      if follow(0, before, scalar, &current) { return true }
      guard let here = scalar else { return false }
      let behind = scalars.next()
      visits += current.count + 1
      if visits >= 100 {
        try frame.charge(visits / 100)
        visits %= 100
      }
      next.removeAll()
      for index in 0..<current.count {
        let state = current[index]
        let takes =
          switch program[state] {
          case .scalar(let wanted): wanted == here
          case .set(let set): set.contains(here)
          default: false
          }
        if takes, follow(state + 1, here, behind, &next) { return true }
      }
      swap(&current, &next)
      before = here
      scalar = behind
    }
  }

  /// Adds an instruction and all that are reached from it without a scalar; true: the match is one of them.
  private func follow(
    _ start: Int, _ before: Unicode.Scalar?, _ behind: Unicode.Scalar?, _ states: inout States
  ) -> Bool {
    states.pending.append(start)
    while let state = states.pending.popLast() {
      guard states.insert(state) else { continue }
      switch program[state] {
      case .match:
        states.pending.removeAll(keepingCapacity: true)
        return true
      case .jump(let target): states.pending.append(target)
      case .split(let one, let other):
        states.pending.append(other)
        states.pending.append(one)
      case .assert(let assertion): if assertion.holds(before, behind) { states.pending.append(state + 1) }
      case .save: states.pending.append(state + 1)
      case .scalar, .set: break
      }
    }
    return false
  }

  /// A set of instructions that is emptied in constant time.
  private struct States {
    private var order: [Int] = []
    private var marks: [Int]
    private var mark = 1
    var pending: [Int] = []

    init(_ size: Int) { marks = Array(repeating: 0, count: size) }

    var count: Int { order.count }

    subscript(_ index: Int) -> Int { order[index] }

    mutating func insert(_ state: Int) -> Bool {
      guard marks[state] != mark else { return false }
      marks[state] = mark
      order.append(state)
      return true
    }

    mutating func removeAll() {
      order.removeAll(keepingCapacity: true)
      mark += 1
    }
  }
}
