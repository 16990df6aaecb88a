extension FunctionRegistry {
  static let texts: [Function] = [
    Function(
      "size", "How many characters, bytes, elements or entries.", example: ("size(\"añb\")", "3"), sizes),
    Function(
      "size", receiver: true, "The same, behind a dot.", example: ("[1, 2].size()", "2"), sizes),
    Function(
      "contains", receiver: true, "Whether a text stands in another.",
      example: ("\"tacocat\".contains(\"coc\")", "true"),
      [Overload { (text: String, part: String) in text.find(part) != nil }]),
    Function(
      "startsWith", receiver: true, "Whether a text begins with another.",
      example: ("\"tacocat\".startsWith(\"ta\")", "true"),
      [Overload { (text: String, part: String) in text.utf8.starts(with: part.utf8) }]),
    Function(
      "endsWith", receiver: true, "Whether a text ends with another.",
      example: ("\"tacocat\".endsWith(\"cat\")", "true"),
      [
        Overload { (text: String, part: String) in
          text.utf8.count >= part.utf8.count && text.utf8.suffix(part.utf8.count).elementsEqual(part.utf8)
        }
      ]),
    Function(
      "matches", receiver: true, "Whether a regular expression is found in a text.",
      example: ("\"tacocat\".matches(\"^t.*t$\")", "true"), patterns),
    Function(
      "matches", "The same, as a call.", example: ("matches(\"abc\", \"[bc]+\")", "true"), patterns),
    Function(
      "lowerAscii", receiver: true, "The letters A to Z made small.",
      example: ("\"TacoCÆt\".lowerAscii()", "\"tacocÆt\""),
      [Overload { (text: String) in text.mappedBytes { (0x41...0x5A).contains($0) ? $0 + 32 : $0 } }]),
    Function(
      "upperAscii", receiver: true, "The letters a to z made capitals.",
      example: ("\"TacoCæt\".upperAscii()", "\"TACOCæT\""),
      [Overload { (text: String) in text.mappedBytes { (0x61...0x7A).contains($0) ? $0 - 32 : $0 } }]),
    Function(
      "trim", receiver: true, "The text without white space at its ends.", example: ("\" a b \".trim()", "\"a b\""),
      [
        Overload { (text: String) in
          let scalars = Array(text.unicodeScalars)
          let start = scalars.firstIndex { !$0.properties.isWhitespace } ?? scalars.count
          let end = scalars.lastIndex { !$0.properties.isWhitespace } ?? start - 1
          return String(scalars: scalars[start..<(end + 1)])
        }
      ]),
    Function(
      "reverse", receiver: true, "The characters from last to first.", example: ("\"abc\".reverse()", "\"cba\""),
      [Overload { (text: String) in String(scalars: text.unicodeScalars.reversed()) }]),
  ]

  private static let sizes = [
    Overload { (text: String) in Int64(text.unicodeScalars.count) },
    Overload { (bytes: ByteText) in Int64(bytes.bytes.count) },
    Overload { (list: ListValue) in Int64(list.count) },
    Overload { (map: MapValue) in Int64(map.value.elementCount ?? 0) },
  ]

  private static let patterns = [
    Overload { (text: String, pattern: String, frame: inout Frame) throws(EvaluationError) -> Bool in
      try frame.charge(1 + pattern.utf8.count)
      let expression: RegularExpression
      do throws(RegularExpression.Mistake) {
        expression = try RegularExpression(pattern)
      } catch {
        throw EvaluationError(.badPattern(error.message))
      }
      try frame.charge(expression.size / 10)
      return try expression.matches(text, &frame)
    }
  ]
}

extension String {
  init(scalars: some Sequence<Unicode.Scalar>) {
    self.init()
    unicodeScalars.append(contentsOf: scalars)
  }

  func mappedBytes(_ change: (UInt8) -> UInt8) -> String {
    withBytes { bytes in
      String(unsafeUninitializedCapacity: bytes.count) { out in
        for index in bytes.indices { out[index] = change(bytes[index]) }
        return bytes.count
      }
    }
  }

  /// The byte at which a text first stands in this one, from a byte on; linear in both.
  func find(_ part: String, from start: Int = 0) -> Int? {
    withBytes { text in part.withBytes { part in ByteSearch.find(part, in: text, from: start) } }
  }
}

/// The search of Knuth, Morris and Pratt, which reads every byte once.
enum ByteSearch {
  static func find(_ part: UnsafeBufferPointer<UInt8>, in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
    guard !part.isEmpty else { return start }
    guard start + part.count <= text.count else { return nil }
    if part.count <= 8 {
      return (start...(text.count - part.count)).first { at in part.indices.allSatisfy { text[at + $0] == part[$0] } }
    }
    let fallback = fallbacks(of: part)
    var matched = 0
    for index in start..<text.count {
      while matched > 0, text[index] != part[matched] { matched = fallback[matched - 1] }
      if text[index] == part[matched] { matched += 1 }
      if matched == part.count { return index - matched + 1 }
    }
    return nil
  }

  private static func fallbacks(of part: UnsafeBufferPointer<UInt8>) -> [Int] {
    var fallback = Array(repeating: 0, count: part.count)
    var matched = 0
    for index in 1..<part.count {
      while matched > 0, part[index] != part[matched] { matched = fallback[matched - 1] }
      if part[index] == part[matched] { matched += 1 }
      fallback[index] = matched
    }
    return fallback
  }
}
