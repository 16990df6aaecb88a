/// `Prefer: wait=N` (RFC 7240 sections 2 and 4.3): how many seconds a client wants to wait for something new.
enum WaitPreference {
  /// The most seconds that a poll waits, whatever is asked.
  static let maximum = 60

  /// The first `wait` of the fields' values, at most `maximum`; `nil` when there is none. What is malformed is passed over.
  static func seconds(_ fields: [String]) -> Int? {
    for preference in fields.joined(separator: ",").split(separator: ",") {
      let word = preference.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1)
      guard word.count == 2, trimmed(word[0]).lowercased() == "wait" else { continue }
      var value = trimmed(word[1])
      if value.count > 1, value.hasPrefix("\""), value.hasSuffix("\"") { value = value.dropFirst().dropLast() }
      guard !value.isEmpty, value.utf8.allSatisfy({ (48...57).contains($0) }) else { continue }
      return min(Int(value) ?? maximum, maximum)
    }
    return nil
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text.drop { $0 == " " || $0 == "\t" }
    while let last = text.last, last == " " || last == "\t" { text.removeLast() }
    return text
  }
}
