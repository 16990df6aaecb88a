import ConfigText
import Serving

/// How much is logged.
package enum LogLevel: String, ConfigChoice {
  case debug
  case info
  case warning
  case error
}

/// `server:`, at most once in all files.
package struct ServerSpec: ConfigSpec {
  package var listen = ListenSpec([.tcp(host: "", port: 8080)])
  package var loops: Int?
  package var log = LogSpec()
  package var limits = LimitsSpec()
  package var compression = CompressionSpec()
  package var trustedProxies = AnyOrder<AddressNetwork>([])
  package var shutdownGrace = Duration.seconds(5)
  package var control = ControlSpec.standard
  package var watch = false

  package init() {}

  package static let label = "server"
  package static let fields = FieldTable<Self>([
    Field(
      "listen", \.listen, "Where connections are accepted: one address or a list.", default: ":8080",
      example: "127.0.0.1:9000"),
    Field(
      "loops", \.loops, "How many event loops, each a thread, subscribers are spread over.", default: "one per core",
      example: "4"),
    Field("log", \.log, "What is logged.", default: "level: info", example: "{level: debug}"),
    Field("limits", \.limits, "What clients may use up.", default: "see there", example: "{connections: 10000}"),
    Field(
      "compression", \.compression, "How routes compress that do not say so: shared, per_connection or off.",
      default: "shared", example: "off"),
    Field(
      "trusted_proxies", \.trustedProxies, "Peers that are believed who their clients are: addresses or networks.",
      default: "none", example: "[10.0.0.0/8, unix]"),
    .bounded(
      "shutdown_grace", \.shutdownGrace, .zero...(.seconds(3600)), "from 0s to 1h",
      "How long connections may take to go when the server ends.", default: "5s", example: "30s"),
    Field(
      "control", \.control, "Where commands such as sluice reload reach the server: a Unix socket, or off.",
      default: "see sluice(8)", example: "/run/sluice/control"),
    Field(
      "watch", \.watch, "Whether the server reloads by itself when its route files change.", default: "false",
      example: "true"),
  ])

  /// The most event loops.
  package static let maximumLoops = 1024

  package static func decode(_ node: ConfigNode, _ reader: inout ConfigReader) -> ServerSpec? {
    guard var mapping = FieldReader(node, context: label, &reader) else { return nil }
    var spec = ServerSpec()
    mapping.read(&spec, fields, &reader)
    mapping.finish(&reader)
    if let loops = spec.loops, !(1...maximumLoops).contains(loops) {
      reader.error("'loops' is a number from 1 to \(maximumLoops)", at: mapping.node("loops")?.place ?? node.place)
    }
    let listen = spec.listen.values
    if let place = mapping.node("listen")?.place {
      if listen.isEmpty { reader.error("'listen' needs an address", at: place) }
      for (index, address) in listen.enumerated() where listen[..<index].contains(address) && !address.isAnyPort {
        reader.error("'\(address)' is listened on twice", at: place)
      }
    }
    return spec
  }
}

/// `server.log`.
package struct LogSpec: ConfigSpec {
  package var level = LogLevel.info

  package init() {}

  package static let label = "log"
  package static let fields = FieldTable<Self>([
    Field("level", \.level, "The least severe messages that are logged.", default: "info", example: "debug")
  ])
}
