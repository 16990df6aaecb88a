/// A list with weights, as in `Accept` and `Accept-Encoding` (RFC 9110 section 12.4.2), in lower case.
struct WeightedList {
  struct Member {
    var name: Substring
    /// Its weight is not 0.
    var isAdmitted: Bool
  }

  let members: [Member]

  /// Parameters other than the weight are passed over.
  init(_ value: String) {
    members = value.lowercased().split(separator: ",").compactMap { member in
      let parts = member.split(separator: ";").map(Self.trimmed)
      guard let name = parts.first, !name.isEmpty else { return nil }
      let weight = parts.dropFirst().first { $0.hasPrefix("q=") }?.dropFirst(2)
      return Member(name: name, isAdmitted: weight.flatMap { Double(String($0)) } != 0)
    }
  }

  static func trimmed(_ text: Substring) -> Substring {
    var text = text.drop { $0 == " " || $0 == "\t" }
    while let last = text.last, last == " " || last == "\t" { text.removeLast() }
    return text
  }
}
