extension YAMLFailure {
  /// The failure in an operator's words, with where the thing began that was being read.
  func diagnostic(file: String, source: inout LineCursor) -> Diagnostic {
    let context = Self.visible(contextPlace, file: file, source: &source)
    let place = Self.visible(place, file: file, source: &source)
    let line = Array((source.text(ofLine: place.line) ?? "").unicodeScalars)
    if let tab = indentingTab(in: line) {
      return Diagnostic(
        "tabs may not indent YAML; use spaces", at: Place(file: file, line: place.line, column: tab + 1))
    }
    let message = [problem, self.context].compactMap(\.self).joined(separator: ", ")
    let hint = hint(line: line).map { "; " + $0 } ?? ""
    let startsElsewhere = self.context != nil && (context.line, context.column) != (place.line, place.column)
    return Diagnostic(
      message + hint, at: place,
      notes: startsElsewhere ? [.init(place: context, message: "it starts here")] : [])
  }

  /// Where libyaml was; at the end it counts a line behind a last line without a line break, which nobody can see.
  private static func visible(_ mark: YAMLMark, file: String, source: inout LineCursor) -> Place {
    if mark.line > 0, source.text(ofLine: mark.line + 1) == nil, let last = source.text(ofLine: mark.line) {
      return Place(file: file, line: mark.line, column: last.unicodeScalars.count + 1)
    }
    return Place(file: file, line: mark.line + 1, column: mark.column + 1)
  }

  /// The first tab before the line's text, if that is what libyaml has met.
  private func indentingTab(in line: [Unicode.Scalar]) -> Int? {
    guard let tab = line.prefix(while: { $0 == " " || $0 == "\t" }).firstIndex(of: "\t") else { return nil }
    let metTab = place.column < line.count && line[place.column] == "\t"
    return metTab || problem.contains("tab character") ? tab : nil
  }

  /// What usually helps.
  private func hint(line: [Unicode.Scalar]) -> String? {
    let here = line.dropFirst(place.column).first
    return switch problem {
    case _ where here == "{" && place.column > 0 && line[place.column - 1] == "$":
      "'${' within [ ] or { } needs quotes (a number needs a line of its own)"
    case "mapping values are not allowed in this context": "a text that holds ': ' needs quotes"
    case "found character that cannot start any token":
      here.map { "a text that starts with \(VisibleText.quoted(String($0))) needs quotes" }
    case "did not find expected alphabetic or numeric character" where context == "while scanning an alias":
      "a text that starts with '*' needs quotes"
    case "did not find expected alphabetic or numeric character" where context == "while scanning an anchor":
      "a text that starts with '&' needs quotes"
    default: nil
    }
  }
}
