/// Reads a regular expression in RE2's syntax.
struct PatternParser {
  let text: [Unicode.Scalar]
  var index = 0
  private var depth = 0
  /// `(?ims)`
  private(set) var ignoresCase = false
  private var manyLines = false
  private var dotTakesAll = false
  /// `(?U)`: what takes as much as it can takes as little, and the other way round.
  private var isUngreedy = false
  /// The names of the groups that capture, in order; nil: a group without one.
  private(set) var groupNames: [String?] = []

  static let mostRepeats = 1000
  private static let deepest = 200

  init(_ pattern: String) { text = Array(pattern.unicodeScalars) }

  mutating func parse() throws(RegularExpression.Mistake) -> Pattern {
    let pattern = try choice()
    guard index == text.count else { throw mistake("\")\" without \"(\"") }
    return pattern
  }

  func mistake(_ message: String) -> RegularExpression.Mistake {
    RegularExpression.Mistake(message: message, offset: min(index, max(0, text.count - 1)))
  }

  func peek(_ ahead: Int = 0) -> Unicode.Scalar? { index + ahead < text.count ? text[index + ahead] : nil }

  mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard peek() == scalar else { return false }
    index += 1
    return true
  }

  private mutating func choice() throws(RegularExpression.Mistake) -> Pattern {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepest else { throw mistake("its groups nest deeper than \(Self.deepest)") }
    var parts = [try sequence()]
    while take("|") { parts.append(try sequence()) }
    return parts.count == 1 ? parts[0] : .choice(parts)
  }

  private mutating func sequence() throws(RegularExpression.Mistake) -> Pattern {
    var parts: [Pattern] = []
    while let scalar = peek(), scalar != "|", scalar != ")" { parts.append(try repeated(try atom())) }
    return parts.count == 1 ? parts[0] : .sequence(parts)
  }

  private mutating func repeated(_ part: Pattern) throws(RegularExpression.Mistake) -> Pattern {
    var part = part
    var repeats = 0
    while let (least, most) = try repetition() {
      repeats += 1
      guard repeats == 1 else { throw mistake("a repetition of a repetition needs a group") }
      let isLazy = take("?")
      part = .repeated(part, least: least, most: most, isGreedy: isLazy == isUngreedy)
    }
    return part
  }

  private mutating func repetition() throws(RegularExpression.Mistake) -> (Int, Int?)? {
    if take("*") { return (0, nil) }
    if take("+") { return (1, nil) }
    if take("?") { return (0, 1) }
    guard peek() == "{" else { return nil }
    let start = index
    index += 1
    let least = number()
    var most = least
    if take(",") { most = peek() == "}" ? nil : number() ?? -1 }
    guard let least, most != -1, take("}") else {
      index = start  // A brace that is no repetition stands for itself.
      return nil
    }
    guard least <= Self.mostRepeats, most ?? 0 <= Self.mostRepeats else {
      throw mistake("a repetition is of at most \(Self.mostRepeats)")
    }
    guard most ?? least >= least else { throw mistake("a repetition's first bound is above its second") }
    return (least, most)
  }

  private mutating func number() -> Int? {
    var number: Int?
    while let digit = peek(), digit.isDigit {
      number = min((number ?? 0) * 10 + Int(digit.value - 0x30), 100_000)
      index += 1
    }
    return number
  }

  private mutating func atom() throws(RegularExpression.Mistake) -> Pattern {
    let scalar = text[index]
    switch scalar {
    case "(": return try group()
    case "[": return .set(try bracket())
    case "\\": return try escape()
    case "*", "+", "?": throw mistake("nothing stands before \"\(scalar)\" to repeat")
    default: break
    }
    index += 1
    switch scalar {
    case ".": return .set(dotTakesAll ? .all : .noNewline)
    case "^": return .assert(manyLines ? .lineStart : .textStart)
    case "$": return .assert(manyLines ? .lineEnd : .textEnd)
    default: return literal(scalar)
    }
  }

  func literal(_ scalar: Unicode.Scalar) -> Pattern {
    guard ignoresCase else { return .scalar(scalar) }
    let cases = ScalarSet.otherCases(scalar) + [scalar]
    return .set(ScalarSet(ranges: Set(cases.map(\.value)).map { $0...$0 }))
  }

  /// `(…)`, `(?:…)`, `(?P<name>…)`, `(?<name>…)`, `(?i)`, `(?i:…)`
  private mutating func group() throws(RegularExpression.Mistake) -> Pattern {
    index += 1
    let flags = (ignoresCase, manyLines, dotTakesAll, isUngreedy)
    var number: Int?
    if !take("?") {
      number = open(nil)
    } else if peek() == "P" || peek() == "<" {
      number = open(try groupName())
    } else {
      try readFlags()
      if take(")") { return .empty }
      guard take(":") else { throw mistake("this kind of group is not supported") }
    }
    let inner = try choice()
    guard take(")") else { throw mistake("a group does not end") }
    (ignoresCase, manyLines, dotTakesAll, isUngreedy) = flags
    return number.map { .group(inner, $0) } ?? inner
  }

  private mutating func open(_ name: String?) -> Int {
    groupNames.append(name)
    return groupNames.count
  }

  private mutating func groupName() throws(RegularExpression.Mistake) -> String {
    _ = take("P")
    guard take("<"), peek()?.isLetter == true else { throw mistake("this kind of group is not supported") }
    var name = ""
    while let scalar = peek(), scalar.isLetter || scalar.isDigit {
      name.unicodeScalars.append(scalar)
      index += 1
    }
    guard peek() == ">" else { throw mistake("a group's name does not end") }
    guard !groupNames.contains(name) else { throw mistake("two groups have the name \"\(name)\"") }
    index += 1
    return name
  }

  private mutating func readFlags() throws(RegularExpression.Mistake) {
    var value = true
    while let scalar = peek(), scalar != ":", scalar != ")" {
      switch scalar {
      case "i": ignoresCase = value
      case "m": manyLines = value
      case "s": dotTakesAll = value
      case "U": isUngreedy = value
      case "-": value = false
      default: throw mistake("this kind of group is not supported")
      }
      index += 1
    }
  }
}
