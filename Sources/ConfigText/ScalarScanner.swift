/// Reads a scalar once more, to tell where each piece of its text stands; libyaml tells the text alone.
///
/// It follows libyaml's rules and may rely on the text being right, since libyaml has read it already.
struct ScalarScanner {
  /// The scalar's text as libyaml has it.
  let text: String
  var cursor: SourceCursor
  private let count: Int
  /// How many scalars of the file lie before the scalar's end.
  let end: Int
  private var runs: [TextRun] = []
  private var offset = 0
  /// Behind the last piece that was noted.
  private var (endLine, endColumn) = (1, 1)

  /// Where a line break of the source is.
  struct Break {
    var line: Int
    var column: Int
    var isUnfoldable: Bool
  }

  /// The places of a scalar's text: from its first mark, before which the cursor is, up to its last one.
  static func places(
    of text: String, from start: YAMLMark, to end: YAMLMark, cursor: inout SourceCursor
  ) -> TextPlaces {
    cursor.move(to: start)
    var scanner = ScalarScanner(text, cursor: cursor, end: end.index)
    scanner.skipProperties()
    (scanner.endLine, scanner.endColumn) = (scanner.cursor.line, scanner.cursor.column)
    switch scanner.cursor.sign() {
    case UInt8(ascii: "|"): scanner.block(isFolded: false)
    case UInt8(ascii: ">"): scanner.block(isFolded: true)
    case UInt8(ascii: "'"), UInt8(ascii: "\""): scanner.flow(quote: scanner.cursor.sign())
    default: scanner.flow(quote: nil)
    }
    return scanner.places
  }

  private init(_ text: String, cursor: SourceCursor, end: Int) {
    self.text = text
    self.cursor = cursor
    self.end = end
    count = text.unicodeScalars.count
  }

  /// The runs, with one behind what comes last; of a text that nothing was found of, its scalar's start.
  private var places: TextPlaces {
    if runs.isEmpty { return .runs([TextRun(offset: 0, line: endLine, column: endColumn, width: 1)]) }
    return .runs(runs + [TextRun(offset: count, line: endLine, column: endColumn)])
  }

  /// Whether the scalar goes on.
  var isInside: Bool { cursor.index < end }

  /// An anchor and a tag stand before the scalar, perhaps on lines of their own with comments.
  private mutating func skipProperties() {
    while isInside {
      switch cursor.sign() {
      case _ where cursor.isBreak(): cursor.startLine()
      case _ where cursor.isBlank: cursor.advance()
      case UInt8(ascii: "#"): skipLine()
      case UInt8(ascii: "&"), UInt8(ascii: "!"):
        while isInside, !cursor.isBlank, !cursor.isBreak() { cursor.advance() }
      default: return
      }
    }
  }

  /// Goes to the line's end.
  mutating func skipLine() {
    while isInside, !cursor.isBreak() { cursor.advance() }
  }

  /// The scalar here is the text's next one; goes over it.
  mutating func take() {
    note(TextRun(offset: offset, line: cursor.line, column: cursor.column), sourceCount: 1)
    cursor.advance()
  }

  /// The text's next scalar is written with so many of the source; goes over them.
  mutating func take(sourceCount: Int) {
    let run = TextRun(offset: offset, line: cursor.line, column: cursor.column, width: sourceCount)
    note(run, sourceCount: sourceCount)
    for _ in 0..<sourceCount { cursor.advance() }
  }

  /// The text's next scalar is a line break, or the space it was folded to.
  mutating func take(_ lineBreak: Break) {
    note(TextRun(offset: offset, line: lineBreak.line, column: lineBreak.column, width: 0), sourceCount: 0)
  }

  /// Goes over a line break.
  mutating func nextBreak() -> Break {
    defer { cursor.startLine() }
    return Break(line: cursor.line, column: cursor.column, isUnfoldable: cursor.isUnfoldable)
  }

  private mutating func note(_ run: TextRun, sourceCount: Int) {
    // What is behind the text's end, such as breaks that were chomped, is no part of it.
    guard offset < count else { return }
    if runs.last?.goesOn(with: run) != true { runs.append(run) }
    (endLine, endColumn) = (Int(run.line), Int(run.column) + sourceCount)
    offset += 1
  }
}
