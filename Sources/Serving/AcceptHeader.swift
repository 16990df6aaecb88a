/// `Accept` (RFC 9110 section 12.5.1): which media types a client takes.
struct AcceptHeader {
  private struct Range {
    var type: Substring
    var isAdmitted: Bool
  }

  private let ranges: [Range]

  /// Malformed members are passed over; no header admits everything.
  init(_ value: String) {
    ranges = value.lowercased().split(separator: ",").compactMap { member in
      let parts = member.split(separator: ";").map(Self.trimmed)
      guard let type = parts.first, type.contains("/") else { return nil }
      let weight = parts.dropFirst().first { $0.hasPrefix("q=") }?.dropFirst(2)
      return Range(type: type, isAdmitted: weight.flatMap { Double(String($0)) } != 0)
    }
  }

  /// The type itself is listed.
  func names(_ type: String) -> Bool {
    ranges.contains { $0.type == type && $0.isAdmitted }
  }

  /// The most specific range that covers the type admits it.
  func admits(_ mediaType: String) -> Bool {
    guard !ranges.isEmpty else { return true }
    let type = Self.trimmed(mediaType.lowercased().prefix { $0 != ";" })
    let family = type.prefix { $0 != "/" } + "/*"
    for candidate in [type, family, "*/*"] {
      if let range = ranges.first(where: { $0.type == candidate }) { return range.isAdmitted }
    }
    return false
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text.drop { $0 == " " || $0 == "\t" }
    while let last = text.last, last == " " || last == "\t" { text.removeLast() }
    return text
  }
}
