extension PatternParser {
  /// `\d`, `\b`, `\n`, `\.`, outside of brackets.
  mutating func escape() throws(RegularExpression.Mistake) -> Pattern {
    switch peek(1) {
    case "b": return assertion(.wordEdge)
    case "B": return assertion(.noWordEdge)
    case "A": return assertion(.textStart)
    case "z": return assertion(.textEnd)
    default: break
    }
    if var set = try classEscape() {
      set.folded = ignoresCase
      return .set(set)
    }
    return literal(try scalarEscape())
  }

  private mutating func assertion(_ kind: RegularExpression.Assertion) -> Pattern {
    index += 2
    return .assert(kind)
  }

  /// `\d \D \w \W \s \S \pL \p{Lu} \PL`; nil: no class.
  private mutating func classEscape() throws(RegularExpression.Mistake) -> ScalarSet? {
    let classes: [Unicode.Scalar: ScalarSet] = ["d": .digits, "w": .words, "s": .spaces]
    guard let letter = peek(1) else { return nil }
    if let set = classes[letter] {
      index += 2
      return set
    }
    if let lower = ScalarSet.otherCases(letter).compactMap({ classes[$0] }).first {
      index += 2
      return ScalarSet(ranges: lower.inverted)
    }
    guard letter == "p" || letter == "P" else { return nil }
    index += 2
    var name = ""
    if take("{") {
      while let scalar = peek(), scalar != "}" {
        name.unicodeScalars.append(scalar)
        index += 1
      }
      index += 1
    } else if let scalar = peek() {
      name.unicodeScalars.append(scalar)
      index += 1
    }
    guard name.utf8.count <= 2, let first = name.first, "LMNPSZC".contains(first) else {
      throw mistake("a Unicode class is a general category such as \\pL or \\p{Lu}")
    }
    return ScalarSet(categories: [(name, letter == "p")])
  }

  private mutating func scalarEscape() throws(RegularExpression.Mistake) -> Unicode.Scalar {
    index += 1
    guard let letter = peek() else { throw mistake("a backslash at the end") }
    index += 1
    switch letter {
    case "n": return "\n"
    case "t": return "\t"
    case "r": return "\r"
    case "f": return "\u{0C}"
    case "v": return "\u{0B}"
    case "a": return "\u{07}"
    case "x": return try hexadecimal()
    case _ where letter.isLetter && letter != "_", _ where letter.isDigit:
      throw mistake("\"\\\(letter)\" is not supported")
    default: return letter
    }
  }

  private mutating func hexadecimal() throws(RegularExpression.Mistake) -> Unicode.Scalar {
    let braced = take("{")
    var value: UInt32 = 0
    var count = 0
    while count < (braced ? 6 : 2), let digit = peek()?.digitValue {
      value = value * 16 + digit
      count += 1
      index += 1
    }
    guard count == 2 || (braced && count > 0), !braced || take("}"), let scalar = Unicode.Scalar(value) else {
      throw mistake("\"\\x\" needs two hexadecimal digits, or a scalar in braces")
    }
    return scalar
  }

  /// `[a-z\d[:alpha:]]`, `[^…]`
  mutating func bracket() throws(RegularExpression.Mistake) -> ScalarSet {
    index += 1
    var set = ScalarSet()
    set.negated = take("^")
    set.folded = ignoresCase
    var first = true
    while let scalar = peek(), first || scalar != "]" {
      first = false
      if scalar == "[", peek(1) == ":" {
        set.ranges += try posixClass()
      } else if scalar == "\\", let part = try classEscape() {
        set.ranges += part.ranges
        set.categories += part.categories
      } else {
        set.ranges.append(try range())
      }
    }
    guard take("]") else { throw mistake("a class does not end with \"]\"") }
    guard set.categories.count <= 32 else { throw mistake("a class has too many Unicode classes") }
    set.ranges = set.sorted
    return set
  }

  private mutating func range() throws(RegularExpression.Mistake) -> ClosedRange<UInt32> {
    let low = try member()
    guard peek() == "-", let end = peek(1), end != "]" else { return low.value...low.value }
    index += 1
    let high = try member()
    guard low.value <= high.value else { throw mistake("a range of a class is the wrong way round") }
    return low.value...high.value
  }

  private mutating func member() throws(RegularExpression.Mistake) -> Unicode.Scalar {
    guard let scalar = peek() else { throw mistake("a class does not end with \"]\"") }
    if scalar == "\\" { return try scalarEscape() }
    index += 1
    return scalar
  }

  private mutating func posixClass() throws(RegularExpression.Mistake) -> [ClosedRange<UInt32>] {
    index += 2
    let inverted = take("^")
    var name = ""
    while let scalar = peek(), scalar.isLetter {
      name.unicodeScalars.append(scalar)
      index += 1
    }
    guard let ranges = ScalarSet.named[name], take(":"), take("]") else { throw mistake("no class of this name") }
    return inverted ? ScalarSet(ranges: ranges).inverted : ranges
  }
}
