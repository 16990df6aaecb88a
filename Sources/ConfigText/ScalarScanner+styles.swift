extension ScalarScanner {
  /// A plain scalar, or one in quotes (YAML 1.1, 9.1): line breaks are folded, blanks around them are dropped.
  mutating func flow(quote: UInt8?) {
    if quote != nil { cursor.advance() }
    while isInside {
      var isBreakEscaped = false
      while isInside, !cursor.isBlank, !cursor.isBreak(), !isBreakEscaped {
        switch (cursor.sign(), quote) {
        case (UInt8(ascii: "'"), UInt8(ascii: "'")):
          guard cursor.sign(1) == UInt8(ascii: "'") else { return }
          take(sourceCount: 2)
        case (UInt8(ascii: "\""), UInt8(ascii: "\"")): return
        case (UInt8(ascii: "\\"), UInt8(ascii: "\"")):
          isBreakEscaped = cursor.isBreak(1)
          if isBreakEscaped { skipLine() } else { take(sourceCount: escapeLength) }
        default: take()
        }
      }
      if isBreakEscaped { cursor.startLine() }
      space(isLineStart: isBreakEscaped)
    }
  }

  /// How long an escape is, with its backslash.
  private var escapeLength: Int {
    switch cursor.sign(1) {
    case UInt8(ascii: "x"): 4
    case UInt8(ascii: "u"): 6
    case UInt8(ascii: "U"): 10
    default: 2
    }
  }

  /// The blanks and line breaks here; at the start of a line behind an escaped break, blanks and no break count.
  private mutating func space(isLineStart: Bool) {
    if !isLineStart, !isBreakBehindBlanks {
      while isInside, cursor.isBlank { take() }
      return
    }
    var breaks = [Break]()
    while isInside, cursor.isBlank || cursor.isBreak() {
      if cursor.isBlank { cursor.advance() } else { breaks.append(nextBreak()) }
    }
    // The first break becomes a space, or nothing if empty lines follow.
    if !isLineStart, let first = breaks.first, !first.isUnfoldable, breaks.count > 1 { breaks.removeFirst() }
    for lineBreak in breaks { take(lineBreak) }
  }

  private var isBreakBehindBlanks: Bool {
    var ahead = cursor
    while ahead.index < end, ahead.isBlank { ahead.advance() }
    return ahead.index < end && ahead.isBreak()
  }

  /// A literal or folded scalar (YAML 1.1, 9.3), from its sign on.
  mutating func block(isFolded: Bool) {
    skipLine()  // indentation and chomping indicators and a comment
    cursor.startLine()
    guard let indent = blockIndent else { return }
    var leading: Break?
    var wasBlank = false
    var trailing = emptyLines(indent: indent)
    while isInside, cursor.column == indent + 1 {
      let isBlank = cursor.isBlank
      let isFold = isFolded && leading?.isUnfoldable == false && !wasBlank && !isBlank
      // A fold is a space, or nothing if empty lines follow.
      if let leading, !isFold || trailing.isEmpty { take(leading) }
      for lineBreak in trailing { take(lineBreak) }
      wasBlank = isBlank
      while isInside, !cursor.isBreak() { take() }
      leading = nextBreak()
      trailing = emptyLines(indent: indent)
    }
    if let leading { take(leading) }
    for lineBreak in trailing { take(lineBreak) }
  }

  /// How many columns each line is indented by: what the first line that is not empty has more than its text.
  ///
  /// Nil: there is no such line.
  private var blockIndent: Int? {
    var kept: Int?
    var spaces = 0
    loop: for scalar in text.unicodeScalars {
      switch scalar {
      case " ": spaces += 1
      case "\n", "\u{85}", "\u{2028}", "\u{2029}": spaces = 0
      default:
        kept = spaces
        break loop
      }
    }
    guard let kept else { return nil }
    var line = cursor
    while line.isBreak() || line.sign() == 0x20 {
      if line.isBreak() { line.startLine() } else { line.advance() }
    }
    return max(line.column - 1 - kept, 0)
  }

  /// The breaks of lines with nothing but their indentation, and the next line's indentation.
  private mutating func emptyLines(indent: Int) -> [Break] {
    var breaks = [Break]()
    while isInside {
      while cursor.column <= indent, cursor.sign() == 0x20 { cursor.advance() }
      guard cursor.isBreak() else { break }
      breaks.append(nextBreak())
    }
    return breaks
  }
}
