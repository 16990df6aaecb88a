import JSONText

/// JSON in messages: what is found is what was put there, and what is no JSON is refused.
final class JSONTarget: FuzzTarget {
  static let name = "json"
  static let words = [
    "{", "}", "[", "]", "\"", "\\", "\\u00e9", "\\ud83d\\ude00", ":", ",", "\"a\":", "1e5", "-0", "true", "null",
    "{\"a\":{}}",
    "é", "\u{2028}",
  ]

  func run(_ input: [UInt8], _ random: inout Random) throws(Finding) {
    for field in ["a", "b", "a.b", "", "é"] {
      guard let range = try Self.find(field, input) else { continue }
      let value = Array(input[range])
      try Finding.unless(!value.isEmpty, "'\(field)' is empty")
      let wrapped = Array("{\"a\":".utf8) + value + Array("}".utf8)
      let again = try Self.find("a", wrapped)
      try Finding.unless(again == 5..<5 + value.count, "the value of '\(field)' is no JSON by itself: \(value)")
      try checkBroken(input, field)
    }
    try checkBuilt(input, &random)
  }

  /// An object that breaks off is none; nor is one with something behind it.
  private func checkBroken(_ input: [UInt8], _ field: String) throws(Finding) {
    guard !field.contains("."), let end = input.lastIndex(of: UInt8(ascii: "}")) else { return }
    for count in [end, end / 2, end / 3] {
      let found = try Self.find(field, Array(input[..<count]))
      try Finding.unless(found == nil, "an object that breaks off after \(count) bytes is one")
    }
    let found = try Self.find(field, input + Array("x".utf8))
    try Finding.unless(found == nil, "an object with something behind it is one")
  }

  /// An object with a key made of the input, which `quoted` must make a JSON string of.
  private func checkBuilt(_ input: [UInt8], _ random: inout Random) throws(Finding) {
    let key = String(decoding: input.prefix(200).filter { $0 != UInt8(ascii: ".") }, as: UTF8.self)
    let spaces = [" ", "\n", "\t", "\r", "", ""]
    func space() -> String { spaces[random.below(spaces.count)] }
    let values = ["0", "-1.5e+3", "\"\"", "[1, {\"a\": [] }]", "{\"a\":{\"\":null}}", JSONText.quoted(key), "false"]
    let value = values[random.below(values.count)]
    let before = random.oneIn(2) ? "\(JSONText.quoted(key)):1," : "\"z\(key.count)\":[{}],"
    let head = "\(space()){\(space())\(before)\(space())\(JSONText.quoted(key))\(space()):\(space())"
    let range = try Self.find(key, Array("\(head)\(value)\(space())}\(space())".utf8))
    let expected = head.utf8.count..<head.utf8.count + value.utf8.count
    try Finding.unless(range == expected, "the key \(key.debugDescription) is not found again")
  }

  private static func find(_ field: String, _ text: [UInt8]) throws(Finding) -> Range<Int>? {
    let range = text.withUnsafeBytes { JSONText.value(of: field, in: $0) }
    if let range {
      try Finding.unless(range.lowerBound >= 0 && range.upperBound <= text.count, "\(range) lies outside the text")
    }
    return range
  }
}
