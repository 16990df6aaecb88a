extension FunctionRegistry {
  static let textParts: [Function] = [
    Function(
      "charAt", receiver: true, "The character at a place from 0 on; at the end none.",
      example: ("\"añb\".charAt(1)", "\"ñ\""),
      [
        Overload { (text: String, place: Int64) throws(EvaluationError) -> String in
          let scalars = Array(text.unicodeScalars)
          let index = try checked(place, upTo: scalars.count)
          return index == scalars.count ? "" : String(scalars: scalars[index...index])
        }
      ]),
    Function(
      "indexOf", receiver: true, "The first place of a text in another, from a place on; -1: none.",
      example: ("\"tacocat\".indexOf(\"a\", 2)", "5"),
      [
        Overload { (text: String, part: String) in firstIndex(of: part, in: text, from: 0) },
        Overload { (text: String, part: String, start: Int64, _: inout Frame) throws(EvaluationError) -> Int64 in
          firstIndex(of: part, in: text, from: try checked(start, upTo: text.unicodeScalars.count))
        },
      ]),
    Function(
      "lastIndexOf", receiver: true, "The last place of a text in another, up to a place; -1: none.",
      example: ("\"tacocat\".lastIndexOf(\"a\")", "5"),
      [
        Overload { (text: String, part: String) in lastIndex(of: part, in: text, upTo: text.unicodeScalars.count) },
        Overload { (text: String, part: String, end: Int64, _: inout Frame) throws(EvaluationError) -> Int64 in
          lastIndex(of: part, in: text, upTo: try checked(end, upTo: text.unicodeScalars.count))
        },
      ]),
    Function(
      "substring", receiver: true, "The text from one place up to another, or to the end.",
      example: ("\"tacocat\".substring(0, 4)", "\"taco\""),
      [
        Overload { (text: String, start: Int64) throws(EvaluationError) -> String in
          let scalars = Array(text.unicodeScalars)
          return String(scalars: scalars[try checked(start, upTo: scalars.count)...])
        },
        Overload { (text: String, start: Int64, end: Int64, _: inout Frame) throws(EvaluationError) -> String in
          let scalars = Array(text.unicodeScalars)
          let end = try checked(end, upTo: scalars.count)
          return String(scalars: scalars[try checked(start, upTo: end)..<end])
        },
      ]),
    Function(
      "replace", receiver: true, "The text with one part replaced by another, everywhere or so many times.",
      example: ("\"hello\".replace(\"l\", \"L\", 1)", "\"heLlo\""),
      [
        Overload { (text: String, old: String, new: String, frame: inout Frame) throws(EvaluationError) -> String in
          try replaced(text, old, new, -1, &frame)
        },
        Overload {
          (text: String, old: String, new: String, limit: Int64, frame: inout Frame) throws(EvaluationError) -> String
          in
          try replaced(text, old, new, limit, &frame)
        },
      ]),
    Function(
      "split", receiver: true, "The parts between separators, at most so many.",
      example: ("\"a,b,c\".split(\",\", 2)", "[\"a\", \"b,c\"]"),
      [
        Overload { (text: String, separator: String, frame: inout Frame) throws(EvaluationError) -> Value in
          try .list(parts(of: text, separator, -1, &frame).map { .string($0) })
        },
        Overload {
          (text: String, separator: String, limit: Int64, frame: inout Frame) throws(EvaluationError) -> Value in
          try .list(parts(of: text, separator, limit, &frame).map { .string($0) })
        },
      ]),
  ]

  static func checked(_ place: Int64, upTo end: Int) throws(EvaluationError) -> Int {
    guard place >= 0, place <= end else { throw EvaluationError(.indexOutOfRange(place)) }
    return Int(place)
  }

  private static func firstIndex(of part: String, in text: String, from start: Int) -> Int64 {
    let scalars = text.unicodeScalars
    let begin = scalars.index(scalars.startIndex, offsetBy: start)
    guard let byte = text.find(part, from: text.utf8.distance(from: text.startIndex, to: begin)) else { return -1 }
    return Int64(scalars.distance(from: scalars.startIndex, to: text.utf8.index(text.startIndex, offsetBy: byte)))
  }

  /// Searched backwards: reversed in reversed, so that it is linear as well.
  private static func lastIndex(of part: String, in text: String, upTo end: Int) -> Int64 {
    let count = text.unicodeScalars.count
    let length = part.unicodeScalars.count
    guard length <= count else { return -1 }
    let skipped = max(0, count - length - end)
    let backwards = String(scalars: text.unicodeScalars.reversed())
    let found = firstIndex(of: String(scalars: part.unicodeScalars.reversed()), in: backwards, from: skipped)
    return found < 0 ? -1 : Int64(count - length) - found
  }

  /// The text cut at a separator; an empty one cuts between all characters.
  private static func parts(
    of text: String, _ separator: String, _ limit: Int64, _ frame: inout Frame
  ) throws(EvaluationError) -> [String] {
    if limit == 0 { return [] }
    if separator.isEmpty {
      try frame.charge(text.utf8.count)
      let scalars = Array(text.unicodeScalars)
      let single = limit < 0 ? scalars.count : max(0, min(Int(clamping: limit) - 1, scalars.count))
      let rest = scalars[single...]
      return scalars[..<single].map { String(scalars: [$0]) } + (rest.isEmpty ? [] : [String(scalars: rest)])
    }
    var parts: [String] = []
    var start = 0
    while limit < 0 || parts.count < limit - 1, let found = text.find(separator, from: start) {
      try frame.charge(1)
      parts.append(text.slice(start..<found))
      start = found + separator.utf8.count
    }
    return parts + [text.slice(start..<text.utf8.count)]
  }

  private static func replaced(
    _ text: String, _ old: String, _ new: String, _ limit: Int64, _ frame: inout Frame
  ) throws(EvaluationError) -> String {
    if limit == 0 { return text }
    var out = ""
    if old.isEmpty {
      var left = max(limit, -1)
      for scalar in text.unicodeScalars {
        if left != 0 {
          try frame.charge(1 + new.utf8.count / 100)
          out += new
          if left > 0 { left -= 1 }
        }
        out.unicodeScalars.append(scalar)
      }
      return left != 0 ? out + new : out
    }
    // A limit of n replacements cuts the text into n + 1 parts.
    let parts = try parts(of: text, old, limit < 0 ? -1 : limit == .max ? -1 : limit + 1, &frame)
    let (length, overflow) = new.utf8.count.multipliedReportingOverflow(by: parts.count)
    try frame.charge(bytes: overflow ? .max : length)
    return parts.joined(separator: new)
  }
}

extension String {
  /// The text at a range of bytes.
  func slice(_ range: Range<Int>) -> String {
    String(
      unicodeScalars[
        utf8.index(startIndex, offsetBy: range.lowerBound)..<utf8.index(startIndex, offsetBy: range.upperBound)])
  }
}
