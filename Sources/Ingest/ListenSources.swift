import ConfigText
import Descriptors

/// `tcp_listen: HOST:PORT`: any number of feeders connect; their messages interleave whole.
package struct TCPListenSource: SourceKind {
  package var address = HostPort(host: "", port: 0)
  /// The most feeders at a time.
  package var connections = FeedListener.defaultConnections

  /// Needs an address.
  package init() {}

  package init(_ address: HostPort, connections: Int = FeedListener.defaultConnections) {
    self.address = address
    self.connections = connections
  }

  package static let key = "tcp_listen"

  package static let fields = FieldTable<TCPListenSource>([
    Field.required("tcp_listen", \.address, "The address that feeders connect to.", example: "127.0.0.1:9000"),
    Field("connections", \.connections, "The most feeders at a time.", default: "64", example: "8"),
  ])

  /// At least one feeder.
  package func check(_ reader: inout ConfigReader, at place: Place) {
    if connections < 1 { reader.error("'connections' is at least 1", at: place) }
  }

  package var claims: [Claim] { [.tcp(host: address.host, port: address.port)] }

  /// Never ends for good.
  package func run(into outlet: Outlet, settings: SourceSettings, context: SourceContext) async throws -> String {
    try await FeedListener(outlet: outlet, settings: settings, connections: connections)
      .run(address.description, claims[0], context: context)
  }
}

/// `unix_listen: PATH`: the same over a Unix socket, which only this server's user can connect to.
package struct UnixListenSource: SourceKind {
  package var path = ConfigPath("")
  /// The most feeders at a time.
  package var connections = FeedListener.defaultConnections

  /// Needs a path.
  package init() {}

  package init(_ path: ConfigPath) { self.path = path }

  package static let key = "unix_listen"

  package static let fields = FieldTable<UnixListenSource>([
    Field.required("unix_listen", \.path, "The Unix socket that feeders connect to.", example: "/run/in.sock"),
    Field("connections", \.connections, "The most feeders at a time.", default: "64", example: "8"),
  ])

  /// At least one feeder.
  package func check(_ reader: inout ConfigReader, at place: Place) {
    if connections < 1 { reader.error("'connections' is at least 1", at: place) }
  }

  package var claims: [Claim] { [.unix(path: path.path)] }

  /// Never ends for good. The socket's file is removed at the end.
  package func run(into outlet: Outlet, settings: SourceSettings, context: SourceContext) async throws -> String {
    try await FeedListener(outlet: outlet, settings: settings, connections: connections)
      .run(path.path, claims[0], context: context)
  }
}
