import ConfigText
import Serving

/// `server.limits`: what clients may use up.
package struct LimitsSpec: ConfigSpec {
  package var connections: Int?
  package var connectionsPerAddress: Int?
  package var newConnections: Rate?
  package var headerBytes = ByteCount(bytes: 16 << 10)
  package var headerCount = 100
  package var headerTime = Duration.seconds(10)
  package var message = ByteCount(bytes: Publish.defaultMessageLimit)
  package var streams = 100_000
  package var compressionMemory = ByteCount(bytes: 64 << 20)

  package init() {}

  package static let label = "limits"
  package static let fields = FieldTable<Self>([
    .bounded(
      "connections", \.connections, 1...Int.max, "1 or more", "How many connections there may be at a time.",
      default: "what the limit of descriptors allows", example: "10000"),
    .bounded(
      "connections_per_address", \.connectionsPerAddress, 1...Int.max, "1 or more",
      "How many connections one client's address may have at a time.", default: "any number", example: "100"),
    Field(
      "new_connections", \.newConnections, "How many connections may be opened in a time.", default: "any number",
      example: "500/s"),
    .bounded(
      "header_bytes", \.headerBytes, ByteCount(bytes: 1 << 10)...ByteCount(bytes: 1 << 20), "from 1KiB to 1MiB",
      "How large a request's header may be, its first line included.", default: "16KiB", example: "8KiB"),
    .bounded(
      "header_count", \.headerCount, 1...10_000, "from 1 to 10000", "How many fields a request's header may have.",
      default: "100", example: "50"),
    .bounded(
      "header_time", \.headerTime, .seconds(1)...(.seconds(3600)), "from 1s to 1h",
      "How long a request's header may take to arrive, and its body as long again.", default: "10s", example: "5s"),
    .bounded(
      "message", \.message, ByteCount(bytes: 1)...ByteCount(bytes: PublishLimitSpec.largestMessage), "from 1 to 256MiB",
      "The longest message a client may send, where a route does not say otherwise.", default: "64KiB",
      example: "4KiB"),
    .bounded(
      "streams", \.streams, 1...10_000_000, "from 1 to 10000000",
      "How many distinct streams a route may make of the values that requests give to its filters.", default: "100000",
      example: "10000"),
    .bounded(
      "compression_memory", \.compressionMemory, ByteCount(bytes: 1 << 20)...ByteCount(bytes: 1 << 40),
      "from 1MiB to 1024GiB", "How much memory compressors may have, of all routes and connections together.",
      default: "64MiB", example: "16MiB"),
  ])
}

extension ServerSpec {
  /// What connections are held to.
  package var connectionLimits: ConnectionLimits {
    var limits = ConnectionLimits()
    limits.connections = self.limits.connections
    limits.connectionsPerAddress = self.limits.connectionsPerAddress
    limits.newConnections = self.limits.newConnections.map {
      ConnectionLimits.Frequency(count: $0.count, perSecond: $0.perSecond)
    }
    limits.headerBytes = self.limits.headerBytes.bytes
    limits.headerCount = self.limits.headerCount
    limits.headerTime = self.limits.headerTime
    limits.compressionMemory = self.limits.compressionMemory.bytes
    limits.trustedProxies = trustedProxies.values
    return limits
  }
}

extension AddressNetwork: ConfigScalar {
  /// "an address or network such as …".
  package static let expectation = "an address or network such as 10.0.0.0/8, 192.0.2.1, fd00::/8 or unix"

  /// An address alone, or with the number of its bits that count; or `unix`.
  package static func parse(_ scalar: ConfigNode.Scalar) throws(ScalarRefusal) -> AddressNetwork {
    guard let network = AddressNetwork(scalar.text) else {
      throw ScalarRefusal("the bits behind a prefix are 0")
    }
    return network
  }
}
