/// A regular expression as it is written.
indirect enum Pattern: Sendable {
  case empty
  case scalar(Unicode.Scalar)
  case set(ScalarSet)
  case assert(RegularExpression.Assertion)
  case sequence([Pattern])
  case choice([Pattern])
  /// `most` nil: any number.
  case repeated(Pattern, least: Int, most: Int?)
}

/// Turns a pattern into instructions.
struct PatternEmitter {
  var program: [RegularExpression.Instruction] = []
  /// Counts repeated parts that are empty too, so that nested repetitions of nothing end.
  private var work = 0

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
    case .repeated(let part, let least, let most): try repetition(part, least, most)
    }
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
    _ part: Pattern, _ least: Int, _ most: Int?
  ) throws(RegularExpression.Mistake) {
    for _ in 0..<least { try emit(part) }
    guard let most else {
      let split = program.count
      program.append(.split(split + 1, 0))
      try emit(part)
      program.append(.jump(split))
      program[split] = .split(split + 1, program.count)
      return
    }
    var splits: [Int] = []
    for _ in least..<most {
      splits.append(program.count)
      program.append(.split(program.count + 1, 0))
      try emit(part)
    }
    for split in splits { program[split] = .split(split + 1, program.count) }
  }
}
