/// `text/event-stream` as a browser reads it (HTML Living Standard, section 9.2.6), written from the standard and on
/// decoded text, so that it has nothing in common with the encoder and the framer that it checks.
struct EventStreamReader {
  struct Event: Equatable {
    var name: String
    var data: String
    var id: String
  }

  /// The events of a whole stream. Throws when there is a line that no browser makes use of.
  static func read(_ bytes: [UInt8]) throws(Finding) -> [Event] {
    guard let text = String(validating: bytes, as: UTF8.self) else { throw Finding("the stream is not UTF-8") }
    var scalars = Array(text.unicodeScalars)
    if scalars.first == "\u{FEFF}" { scalars.removeFirst() }
    var events: [Event] = []
    var (name, data, id) = ("", String.UnicodeScalarView(), "")
    for line in lines(scalars) {
      if line.isEmpty {
        if !data.isEmpty { events.append(Event(name: name, data: String(data.dropLast()), id: id)) }
        (name, data) = ("", String.UnicodeScalarView())
        continue
      }
      if line.first == ":" { continue }
      let field = string(line.prefix { $0 != ":" })
      var value = line.dropFirst(field.unicodeScalars.count + 1)
      if value.first == " " { value = value.dropFirst() }
      switch field {
      case "event": name = string(value)
      case "id": if !value.contains("\u{0}") { id = string(value) }
      case "data":
        data.append(contentsOf: value)
        data.append("\n")
      default: throw Finding("a line that is no field: \(string(line).debugDescription)")
      }
    }
    return events
  }

  /// Lines that have ended with CR LF, LF or CR.
  static func lines(_ scalars: [Unicode.Scalar]) -> [ArraySlice<Unicode.Scalar>] {
    var lines: [ArraySlice<Unicode.Scalar>] = []
    var start = 0
    var index = 0
    while index < scalars.count {
      let scalar = scalars[index]
      if scalar == "\n" || scalar == "\r" {
        lines.append(scalars[start..<index])
        if scalar == "\r", index + 1 < scalars.count, scalars[index + 1] == "\n" { index += 1 }
        start = index + 1
      }
      index += 1
    }
    return lines
  }

  private static func string(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }
}
