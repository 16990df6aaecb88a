extension DiagnosticRenderer {
  /// All diagnostics as one JSON array for editors, one object a line, ended by a newline.
  ///
  /// Each object has `severity`, `file`, `line`, `column`, `length`, `message`, `suggestion` and `notes` (objects of
  /// `file`, `line`, `column`, `length`, `message`). What is unknown is null. Columns count Unicode scalars from 1.
  package func json(_ diagnostics: [Diagnostic]) -> String {
    let objects = sorted(diagnostics).map { diagnostic in
      let notes = diagnostic.notes.map { object(place: $0.place, [("message", string($0.message))]) }
      let members = [
        ("message", string(diagnostic.message)), ("suggestion", diagnostic.suggestion.map(string) ?? "null"),
        ("notes", "[\(notes.joined(separator: ","))]"),
      ]
      return object(
        place: diagnostic.place, before: [("severity", string(diagnostic.severity.rawValue))], members)
    }
    return objects.isEmpty ? "[]\n" : "[\n\(objects.joined(separator: ",\n"))\n]\n"
  }

  private func object(
    place: Place?, before: [(String, String)] = [], _ members: [(String, String)]
  ) -> String {
    let placed = [
      ("file", place.map { string($0.file) } ?? "null"), ("line", number(place?.line)),
      ("column", number(place?.column)), ("length", number(place?.length)),
    ]
    let all = (before + placed + members).map { name, value in "\"\(name)\":\(value)" }
    return "{\(all.joined(separator: ","))}"
  }

  private func number(_ value: Int?) -> String { value.map { String($0) } ?? "null" }

  /// A JSON string (RFC 8259, section 7).
  private func string(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\r": quoted += "\\r"
      case "\t": quoted += "\\t"
      case "\u{0}"..."\u{1F}":
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
