import ConfigText
import Filters

/// The keys that all kinds of sources share.
package struct SourceSettings: ConfigSpec {
  /// How bytes are cut into messages.
  package var framing = Framing.lines
  /// The most bytes of one message; a longer one is dropped whole.
  package var maxMessage = ByteCount(bytes: 1 << 20)
  /// What every message passes before anything else.
  package var filters = FilterChain()
  /// What becomes of messages that a filter cannot deal with.
  package var onError = ErrorPolicy.drop
  /// A group that gets every message as well; `nil`: only what routes read from the source.
  package var into: Located<IntoTemplate>?
  /// Starts the source with its first subscriber; `nil`: it always runs.
  package var onDemand: OnDemand?
  /// How long a source may be silent before its subscribers are told that it has stalled; `nil`: for ever.
  package var staleAfter: Duration?

  /// All defaults.
  package init() {}

  package static let label = "a source"

  /// The largest `max_message`: 256 MiB, so that a batch stays well within its own bound.
  package static let largestMessage = 256 << 20

  package static let fields = FieldTable<SourceSettings>([
    Field(
      "framing", \.framing, "How bytes are cut into messages.", default: "lines", example: "netstring"),
    Field(
      "max_message", \.maxMessage, "The longest message; a longer one is dropped whole.", default: "1MiB",
      example: "64KiB", decode: decodeMaxMessage),
    Field(
      "filters", \.filters, "What every message passes before it goes anywhere; see sluice-filters(7).",
      default: "none", example: "[{where: msg.price > 0}]"),
    Field(
      "on_error", \.onError,
      "What becomes of a message that a filter cannot deal with: 'drop' it, 'pass' it on unchanged, or 'close_source'.",
      default: "drop", example: "close_source"),
    Field(
      "into", \.into,
      "A group that every message is published to; with fields in its name, such as stocks.{.symbol}, messages decide.",
      default: "none", example: "news"),
    Field(
      "on_demand", \.onDemand, "Starts the source with its first subscriber, stops it after the last has left.",
      default: "false", example: "{linger: 30s}"
    ) { node, settings, reader in
      if let wish = OnDemandWish.decode(node, &reader) { settings.onDemand = wish.value }
    },
    Field(
      "stale_after", \.staleAfter, "Subscribers are told when nothing has come for so long.", example: "10s"
    ) { node, settings, reader in
      guard let limit = Duration.decode(node, &reader) else { return }
      if limit > .zero {
        settings.staleAfter = limit
      } else {
        reader.error("'stale_after' must be more than zero", at: node.place)
      }
    },
  ])

  private static func decodeMaxMessage(
    _ node: ConfigNode, _ settings: inout SourceSettings, _ reader: inout ConfigReader
  ) {
    guard let size = ByteCount.decode(node, &reader) else { return }
    if (1...largestMessage).contains(size.bytes) {
      settings.maxMessage = size
    } else {
      reader.error("'max_message' is from 1 to 256MiB", at: node.place)
    }
  }
}

/// How a source that runs on demand does so.
package struct OnDemand: ConfigSpec {
  /// How long it goes on after the last subscriber has left.
  package var linger = Duration.seconds(30)

  /// All defaults.
  package init() {}

  /// A source that goes on for `linger` without subscribers.
  package init(linger: Duration) { self.linger = linger }

  package static let label = "on_demand"

  package static let fields = FieldTable<OnDemand>([
    Field(
      "linger", \.linger, "How long the source goes on after its last subscriber has left.", default: "30s",
      example: "5m")
  ])
}

/// `on_demand: true`, `false` or a mapping.
private struct OnDemandWish: ConfigValue {
  var value: OnDemand?

  static var expectation: String { "true, false or a mapping with linger" }

  static func decode(_ node: ConfigNode, _ reader: inout ConfigReader) -> OnDemandWish? {
    if node.entries != nil { return OnDemand.decode(node, &reader).map { OnDemandWish(value: $0) } }
    guard let scalar = node.scalar, let isWanted = try? Bool.parse(scalar) else {
      reader.mismatch(node, expected: expectation)
      return nil
    }
    return OnDemandWish(value: isWanted ? OnDemand() : nil)
  }
}
