/// A regular expression as it is written.
indirect enum Pattern: Sendable {
  case empty
  case scalar(Unicode.Scalar)
  case set(ScalarSet)
  case assert(RegularExpression.Assertion)
  case sequence([Pattern])
  case choice([Pattern])
  /// `most` nil: any number. Greedy: rather one more than one less.
  case repeated(Pattern, least: Int, most: Int?, isGreedy: Bool)
  /// A group that captures; they are counted from 1 by their opening brackets.
  case group(Pattern, Int)

  /// Whether it can match nothing.
  var canBeEmpty: Bool {
    switch self {
    case .empty, .assert: true
    case .scalar, .set: false
    case .sequence(let parts): parts.allSatisfy(\.canBeEmpty)
    case .choice(let parts): parts.contains(where: \.canBeEmpty)
    case .repeated(let part, let least, _, _): least == 0 || part.canBeEmpty
    case .group(let part, _): part.canBeEmpty
    }
  }
}

/// Turns a pattern into instructions.
struct PatternEmitter {
  /// Whether the program notes where groups start and end.
  let captures: Bool
  var program: [RegularExpression.Instruction] = []
  /// Counts repeated parts that are empty too, so that nested repetitions of nothing end.
  private var work = 0

  init(captures: Bool) { self.captures = captures }

  mutating func emit(_ pattern: Pattern) throws(RegularExpression.Mistake) {
    work += 1
    guard work <= RegularExpression.mostInstructions, program.count < RegularExpression.mostInstructions else {
      throw RegularExpression.Mistake(message: "its repetitions make it too large", offset: 0)
    }
    switch pattern {
    case .empty: break
    case .scalar(let scalar): program.append(.scalar(scalar))
    case .set(let set): program.append(.set(set))
    case .assert(let assertion): program.append(.assert(assertion))
    case .sequence(let parts): for part in parts { try emit(part) }
    case .choice(let parts): try choice(parts)
    case .repeated(let part, let least, let most, let isGreedy): try repetition(part, least, most, isGreedy)
    case .group(let part, let number): try group(part, number)
    }
  }

  private mutating func group(_ part: Pattern, _ number: Int) throws(RegularExpression.Mistake) {
    guard captures else { return try emit(part) }
    program.append(.save(2 * number))
    try emit(part)
    program.append(.save(2 * number + 1))
  }

  private mutating func choice(_ parts: [Pattern]) throws(RegularExpression.Mistake) {
    var jumps: [Int] = []
    for (index, part) in parts.enumerated() {
      guard index < parts.count - 1 else {
        try emit(part)
        break
      }
      let split = program.count
      program.append(.split(split + 1, 0))
      try emit(part)
      jumps.append(program.count)
      program.append(.jump(0))
      program[split] = .split(split + 1, program.count)
    }
    for jump in jumps { program[jump] = .jump(program.count) }
  }

  private mutating func repetition(
    _ part: Pattern, _ least: Int, _ most: Int?, _ isGreedy: Bool
  ) throws(RegularExpression.Mistake) {
    guard let most else { return try endless(part, least, isGreedy) }
    for _ in 0..<least { try emit(part) }
    var splits: [Int] = []
    for _ in least..<most {
      splits.append(program.count)
      program.append(.split(0, 0))
      try emit(part)
    }
    for split in splits { program[split] = Self.split(into: split + 1, past: program.count, isGreedy) }
  }

  /// `x{2,}` is `xx+`. A part that can be empty is `(x+)?`, so that its ways keep their order (as in Go's issue 46123).
  private mutating func endless(
    _ part: Pattern, _ least: Int, _ isGreedy: Bool
  ) throws(RegularExpression.Mistake) {
    for _ in 0..<max(least - 1, 0) { try emit(part) }
    if least == 0 {
      let skip = program.count
      program.append(.split(0, 0))
      if part.canBeEmpty {
        try loop(part, isGreedy)
      } else {
        try emit(part)
        program.append(.jump(skip))
      }
      program[skip] = Self.split(into: skip + 1, past: program.count, isGreedy)
    } else {
      try loop(part, isGreedy)
    }
  }

  private mutating func loop(_ part: Pattern, _ isGreedy: Bool) throws(RegularExpression.Mistake) {
    let start = program.count
    try emit(part)
    program.append(Self.split(into: start, past: program.count + 1, isGreedy))
  }

  private static func split(into part: Int, past end: Int, _ isGreedy: Bool) -> RegularExpression.Instruction {
    isGreedy ? .split(part, end) : .split(end, part)
  }
}
