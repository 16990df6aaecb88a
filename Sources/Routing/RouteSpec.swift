import ConfigText
import Filters
import Serving
import Streams

extension EndpointProtocol: ConfigChoice {}

/// One entry of `routes`.
package struct RouteSpec: Equatable, Sendable {
  package var from: [FromSpec] = []
  package var filters = FilterChain()
  package var onError = ErrorPolicy.drop
  /// In the order of all cases, as their order means nothing.
  package var protocols: [EndpointProtocol] = EndpointProtocol.usual
  package var history: HistorySpec?
  package var replay: ReplaySpec?
  package var slow = SlowSpec()
  package var health = false
  package var contentType: String?
  package var into: Located<IntoTemplate>?
  /// Sorted, as a client's order is the one that counts.
  package var subprotocols: [String] = []
  package var publish: PublishSpec?
  /// `nil`: as the server's.
  package var compression: CompressionSpec?
  package var keepAlive = Duration.seconds(25)
  package var origins: OriginList?
  package var retry = Duration.seconds(3)
  package var onRemoval = OnRemoval.close

  package init() {}

  package static let fields = FieldTable<Self>([
    Field(
      "from", \.from, "What it gives out: a source's name, a source written in place, or a list of them, merged.",
      example: "ticks", isRequired: true,
      decode: { node, spec, reader in
        spec.from = FromSpec.decodeList(node, context: "in place", &reader) ?? []
      }),
    Field(
      "filters", \.filters, "What every message passes, once for all subscribers; see sluice-filters(7).",
      default: "none", example: "[{where: msg.price > 100}, {pick: [symbol, price]}]"),
    Field(
      "on_error", \.onError,
      "What becomes of a message that a filter cannot deal with: 'drop' it, 'pass' it on unchanged, or 'close_source'.",
      default: "drop", example: "pass"),
    Field(
      "protocols", \.protocols, "What the endpoint speaks: websocket, sse, stream, poll.",
      default: "[websocket, sse, stream]", example: "[sse, poll]"),
    Field(
      "history", \.history, "What is kept for subscribers that join or come back.", default: "1000 messages, 1MiB",
      example: "{messages: 500, age: 10m, size: 4MiB}"),
    Field(
      "replay", \.replay, "How much of history a new subscriber gets.",
      default: "none; the very first subscriber gets all", example: "last"),
    Field(
      "slow", \.slow, "What becomes of a subscriber that cannot keep up.", default: "{lag: 4MiB, then: skip}",
      example: "{lag: 1MiB, then: close}"),
    Field(
      "health", \.health, "Whether subscribers are told when a source stops, stalls or comes back.", default: "false",
      example: "true"),
    Field(
      "content_type", \.contentType, "The media type of the plain stream.", default: "text/plain; charset=utf-8",
      example: "application/x-ndjson"),
    Field(
      "subprotocols", \.subprotocols, "Subprotocols that a WebSocket client may ask for.", default: "none",
      example: "[v1.json]"
    ) { node, spec, reader in
      spec.subprotocols = Set(Subprotocol.decodeList(node, &reader)).sorted()
    },
    Field(
      "publish", \.publish, "What becomes of messages that clients send.", default: "they are refused with 1008",
      example: "{to: reply}"),
    Field(
      "compression", \.compression, "How what subscribers get is compressed: shared, per_connection or off.",
      default: "compression of server", example: "{mode: shared, level: 9}"),
    Field(
      "keepalive", \.keepAlive,
      "How often a subscriber is asked whether it is there: a WebSocket by a ping, an event stream by a comment; 0: never.",
      default: "25s", example: "10s"),
    Field(
      "origins", \.origins,
      "Whose pages may read it in a browser: scheme://host[:port], or \"*\" for any; requests of other pages get 403.",
      default: "no page of another origin by HTTP, any by WebSocket", example: "[https://example.com]"
    ) { node, spec, reader in
      spec.origins = OriginList.decode(node, &reader)
    },
    Field(
      "retry", \.retry,
      "How long the client of an event stream waits before it connects again; each is told its own, a quarter more or less.",
      default: "3s", example: "10s"),
    Field(
      "on_removal", \.onRemoval,
      "What becomes of its connections when a reload removes the route: 'close' ends them at once, 'drain' one by one.",
      default: "close", example: "{drain: 30s}"),
    Field(
      "into", \.into,
      "A group that every message is published to as well; with fields in its name, such as stocks.{.symbol}, messages decide.",
      example: "news"),
  ])

  /// Reads a route; what is wrong is reported, and what is right is kept, so that later checks find more.
  static func decode(_ node: ConfigNode, path: String, _ reader: inout ConfigReader) -> RouteSpec? {
    guard var mapping = FieldReader(node, context: "route '\(path)'", &reader) else { return nil }
    var spec = RouteSpec()
    mapping.read(&spec, fields, &reader)
    mapping.finish(&reader)
    spec.protocols = EndpointProtocol.allCases.filter(spec.protocols.contains)
    if spec.protocols.isEmpty, let place = mapping.node("protocols")?.place {
      reader.error(
        "'protocols' needs at least one of \(EndpointProtocol.allCases.map(\.rawValue).joined(separator: ", "))",
        at: place)
    }
    if let type = spec.contentType, let place = mapping.node("content_type")?.place, !isMediaType(type) {
      reader.error("'\(type)' is not a media type such as text/html or application/x-ndjson", at: place)
    }
    return spec
  }

  /// RFC 9110 section 8.3.1; nothing that could end the header line.
  private static func isMediaType(_ text: String) -> Bool {
    let parts = text.prefix { $0 != ";" }.split(separator: "/", omittingEmptySubsequences: false)
    return parts.count == 2 && parts.allSatisfy { !$0.isEmpty && !$0.contains(" ") }
      && text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
  }

  /// Whether the plain stream is lines of text, which can carry notes of the server's.
  var isLines: Bool {
    guard let contentType else { return true }
    let type = contentType.prefix { $0 != ";" }.lowercased()
    return ["text/plain", "application/x-ndjson", "application/jsonl", "application/json-lines"].contains(type)
  }
}
