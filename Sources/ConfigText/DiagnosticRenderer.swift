/// Shows diagnostics to people, with the line they are about under a caret, and to editors, as JSON.
///
/// Both forms are sorted: what has no place first, then by file in the order of loading, line and column.
package struct DiagnosticRenderer: Sendable {
  let texts: SourceTexts

  /// A renderer that shows lines from these texts.
  package init(texts: SourceTexts) { self.texts = texts }

  /// All diagnostics as text, each line ended by a newline; lines of files that are not in the texts are left out.
  ///
  /// ```
  /// routes/stocks.yaml:7:5: error: unknown key 'form' in route '/stocks'; did you mean 'from'?
  ///     7 |     form: ticks
  ///       |     ^~~~
  /// ```
  package func text(_ diagnostics: [Diagnostic]) -> String {
    var output = ""
    var lines = SourceLines(texts: texts)
    // Notes point backwards; a walk of their own keeps the other one going forwards.
    var noteLines = SourceLines(texts: texts)
    for diagnostic in sorted(diagnostics) {
      write(diagnostic.severity.rawValue, diagnostic.headline, at: diagnostic.place, to: &output, &lines)
      for note in diagnostic.notes { write("note", note.message, at: note.place, to: &output, &noteLines) }
    }
    return output
  }

  private func write(
    _ kind: String, _ message: String, at place: Place?, to output: inout String, _ lines: inout SourceLines
  ) {
    // Messages quote names and values of the file, and systems' and libraries' words.
    let message = VisibleText.whole(message)
    guard let place else {
      output += "\(kind): \(message)\n"
      return
    }
    output += "\(VisibleText.whole(place.file)):\(place.line):\(place.column): \(kind): \(message)\n"
    guard let line = lines.line(of: place) else { return }
    output += Excerpt(line: line, place: place).text
  }

  /// The diagnostics in the order they are shown in.
  func sorted(_ diagnostics: [Diagnostic]) -> [Diagnostic] {
    let order = Dictionary(uniqueKeysWithValues: zip(texts.files, 0...))
    func key(_ item: (offset: Int, element: Diagnostic)) -> (Int, Int, Int, Int) {
      guard let place = item.element.place else { return (-1, 0, 0, item.offset) }
      return (order[place.file] ?? Int.max, place.line, place.column, item.offset)
    }
    return diagnostics.enumerated().sorted { key($0) < key($1) }.map(\.element)
  }
}

/// The lines that are shown; remembers how far it has read each file, since diagnostics come in the files' order.
private struct SourceLines {
  let texts: SourceTexts
  var cursors: [String: LineCursor] = [:]

  init(texts: SourceTexts) { self.texts = texts }

  mutating func line(of place: Place) -> String? {
    if cursors[place.file] == nil { cursors[place.file] = texts.cursor(of: place.file) }
    return cursors[place.file]?.text(ofLine: place.line)
  }
}
