import ConfigText
import Descriptors
import NIOCore
import NIOPosix

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

  /// Never ends for good.
  package func run(into outlet: Outlet, settings: SourceSettings, context: SourceContext) async throws -> String {
    let listener = FeedListener(outlet: outlet, settings: settings, connections: connections)
    return try await listener.run(address.description) { channels in
      let bootstrap = FeedListener.bootstrap(context).serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      guard address.host.isEmpty else {
        return try await bootstrap.bind(
          host: address.host, port: address.port, childChannelInitializer: channels.wrap)
      }
      do {
        return try await bootstrap.bind(host: "::", port: address.port, childChannelInitializer: channels.wrap)
      } catch let error as IOError where [EAFNOSUPPORT, EADDRNOTAVAIL].contains(error.errnoCode) {
        return try await bootstrap.bind(host: "0.0.0.0", port: address.port, childChannelInitializer: channels.wrap)
      }
    }
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

  /// Never ends for good. The socket's file is removed at the end.
  package func run(into outlet: Outlet, settings: SourceSettings, context: SourceContext) async throws -> String {
    let listener = FeedListener(outlet: outlet, settings: settings, connections: connections)
    let file: UnixSocketFile
    do {
      file = try UnixSocketFile(binding: path.path)
    } catch {
      throw SourceFailure(error.message)
    }
    defer { file.remove() }
    return try await listener.run(path.path) { channels in
      try await FeedListener.bootstrap(context)
        .bind(file.takeSocket(), cleanupExistingSocketFile: false, childChannelInitializer: channels.wrap)
    }
  }
}
