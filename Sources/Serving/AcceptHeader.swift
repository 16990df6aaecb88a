/// `Accept` (RFC 9110 section 12.5.1): which media types a client takes.
struct AcceptHeader {
  private let ranges: [WeightedList.Member]

  /// Malformed members are passed over; no header admits everything.
  init(_ value: String) { ranges = WeightedList(value).members.filter { $0.name.contains("/") } }

  /// The type itself is listed.
  func names(_ type: String) -> Bool {
    ranges.contains { $0.name == type && $0.isAdmitted }
  }

  /// The most specific range that covers the type admits it.
  func admits(_ mediaType: String) -> Bool {
    guard !ranges.isEmpty else { return true }
    let type = WeightedList.trimmed(mediaType.lowercased().prefix { $0 != ";" })
    let family = type.prefix { $0 != "/" } + "/*"
    for candidate in [type, family, "*/*"] {
      if let range = ranges.first(where: { $0.name == candidate }) { return range.isAdmitted }
    }
    return false
  }
}
