/// What `server.limits` and `server.trusted_proxies` say, as connections see it.
package struct ConnectionLimits: Equatable, Sendable {
  /// Connections at a time; `nil`: what descriptors allow.
  package var connections: Int?
  /// Connections at a time of one client; `nil`: any number.
  package var connectionsPerAddress: Int?
  /// New connections; `nil`: any number.
  package var newConnections: Frequency?
  /// Bytes of a request's head: its line, its fields and the empty line behind them.
  package var headerBytes = 16 << 10
  /// Fields of a request's head.
  package var headerCount = 100
  /// How long a request's head may take, and its body as long again.
  package var headerTime = Duration.seconds(10)
  /// Bytes that compressors may hold together; those beyond it are done without.
  package var compressionMemory = 64 << 20
  /// Peers that are believed who the client is.
  package var trustedProxies: [AddressNetwork] = []

  package init() {}

  /// So many in a period: `burst` at once, and as many again in each period.
  package struct Frequency: Equatable, Sendable {
    /// At least 1.
    package var burst: Double
    package var perSecond: Double

    package init(count: Double, perSecond: Double) {
      burst = max(1, count)
      self.perSecond = perSecond
    }
  }
}

/// What a connection may hit. Each has a counter and its own line in the log.
package enum LimitKind: Int, CaseIterable, Sendable {
  case connections
  case connectionsPerAddress
  case newConnections
  case descriptors
  case requestLine
  case header
  case headerTime
  case body
  case compressionMemory

  /// The key that sets it, or what it is called.
  var name: String {
    switch self {
    case .connections: "limits.connections"
    case .connectionsPerAddress: "limits.connections_per_address"
    case .newConnections: "limits.new_connections"
    case .descriptors: "the system's limit of descriptors"
    case .requestLine: "the limit of a request line"
    case .header: "limits.header_bytes or limits.header_count"
    case .headerTime: "limits.header_time"
    case .body: "the limit of a request's body"
    case .compressionMemory: "limits.compression_memory"
    }
  }
}
