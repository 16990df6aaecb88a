import ConfigText

/// `on_removal: close | drain | {drain: 30s}`: what becomes of live connections when a reload removes their route.
package enum OnRemoval: ConfigValue, Equatable {
  /// All are closed at once.
  case close
  /// Each is closed at a random moment within this time, so that not all come back at once.
  case drain(Duration)

  package static let usualDrain = OnRemoval.drain(.seconds(30))
  package static let expectation = "close, drain or {drain: 30s}"
  private static let longestDrain = Duration.seconds(3600)

  package static func decode(_ node: ConfigNode, _ reader: inout ConfigReader) -> OnRemoval? {
    guard node.entries == nil else { return DrainSpec.decode(node, &reader).map { .drain($0.drain) } }
    switch node.scalar?.text {
    case "close": return .close
    case "drain": return usualDrain
    case let text:
      let near = text.flatMap { Suggestion.nearest(to: $0, among: ["close", "drain"]) }
      reader.mismatch(node, expected: expectation, suggestion: near)
      return nil
    }
  }

  /// `{drain: 30s}`.
  private struct DrainSpec: ConfigSpec {
    var drain = Duration.zero

    static let label = "on_removal"
    static let fields = FieldTable<Self>([
      .bounded(
        "drain", \.drain, .zero...longestDrain, "from 0s to 1h", "The time within which each connection is closed.",
        example: "30s", isRequired: true)
    ])
  }
}
