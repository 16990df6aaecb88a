/// What a request asks for: decoded path segments and the query (RFC 9112 section 3.2).
package struct RequestTarget: Equatable, Sendable {
  /// The segments behind the leading `/`, each decoded once: `%2F` stays inside its segment, `..` means nothing.
  package var segments: [String]
  /// Name and value of each query parameter, in order.
  package var query: [(name: String, value: String)]

  package static func == (a: RequestTarget, b: RequestTarget) -> Bool {
    a.segments == b.segments && a.query.elementsEqual(b.query, by: ==)
  }

  /// `nil`: not origin-form and not absolute-form, a bad percent-encoding, or too many segments.
  package init?(_ text: String) {
    guard let local = Self.originForm(text[...]) else { return nil }
    let parts = local.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    segments = []
    let path = parts[0].dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    guard path.count <= PathPattern.maximumSegments else { return nil }
    for part in path {
      guard let segment = PercentCoding.decode(part) else { return nil }
      segments.append(segment)
    }
    query = []
    guard parts.count == 2 else { return }
    for pair in parts[1].split(separator: "&") {
      let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = PercentCoding.decode(halves[0], plusIsSpace: true),
        let value = PercentCoding.decode(halves.count == 2 ? halves[1] : "", plusIsSpace: true)
      else { return nil }
      query.append((name, value))
    }
  }

  /// The first value of a query parameter.
  package func value(_ name: String) -> String? { query.first { $0.name == name }?.value }

  /// Each parameter of the query with its first value.
  var firstValues: [String: String] {
    Dictionary(query.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
  }

  /// `/path?query`, also out of `http://host/path?query`.
  static func originForm(_ text: Substring) -> Substring? {
    if text.hasPrefix("/") { return text }
    for scheme in ["http://", "https://"] where text.lowercased().hasPrefix(scheme) {
      let rest = text.dropFirst(scheme.count)
      // RFC 9110 section 4.2.1: a host is needed.
      guard let first = rest.first, first != "/", first != "?" else { return nil }
      guard let slash = rest.firstIndex(of: "/") else { return rest.contains("?") ? nil : "/" }
      return rest[slash...]
    }
    return nil
  }
}
