import ConfigText
import NIOCore
import NIOPosix

/// `tcp: HOST:PORT`: connects to a feed, and connects again when it ends.
package struct TCPSource: SourceKind {
  package var address = HostPort(host: "", port: 0)

  /// Needs an address.
  package init() {}

  package init(_ address: HostPort) { self.address = address }

  package static let key = "tcp"

  package static let fields = FieldTable<TCPSource>([
    Field.required("tcp", \.address, "The server to connect to.", example: "feed.example.com:9000")
  ])

  /// A host and a port that can be connected to.
  package func check(_ reader: inout ConfigReader, at place: Place) {
    if address.host.isEmpty || address.port == 0 {
      reader.error("'tcp' needs a host and a port to connect to", at: place)
    }
  }

  /// Never ends for good: the end of the stream is a failure, too.
  package func run(into outlet: Outlet, settings: SourceSettings, context: SourceContext) async throws -> String {
    try await FeedConnection.run("\(address)", into: outlet, settings: settings) { channels in
      try await FeedConnection.bootstrap(context).channelOption(.socketOption(.so_keepalive), value: 1)
        .connect(host: address.host, port: address.port, channelInitializer: channels.wrap)
    }
  }
}

/// `unix: PATH`: the same over a Unix socket.
package struct UnixSource: SourceKind {
  package var path = ConfigPath("")

  /// Needs a path.
  package init() {}

  package init(_ path: ConfigPath) { self.path = path }

  package static let key = "unix"

  package static let fields = FieldTable<UnixSource>([
    Field.required("unix", \.path, "The Unix socket to connect to.", example: "/run/feed.sock")
  ])

  /// Never ends for good: the end of the stream is a failure, too.
  package func run(into outlet: Outlet, settings: SourceSettings, context: SourceContext) async throws -> String {
    try await FeedConnection.run(path.path, into: outlet, settings: settings) { channels in
      try await FeedConnection.bootstrap(context)
        .connect(unixDomainSocketPath: path.path, channelInitializer: channels.wrap)
    }
  }
}

/// One connection that this server has made.
private enum FeedConnection {
  /// How long connecting may take, all of a host's addresses together.
  static let timeout = TimeAmount.seconds(10)

  static func bootstrap(_ context: SourceContext) -> ClientBootstrap {
    ClientBootstrap(group: context.eventLoopGroup).connectTimeout(timeout)
  }

  static func run(
    _ name: String, into outlet: Outlet, settings: SourceSettings, connect: (ChannelSet) async throws -> ByteChannel
  ) async throws -> String {
    let channels = ChannelSet()
    let channel: ByteChannel
    do {
      // A connection that is still being made knows nothing of tasks.
      channel = try await withTaskCancellationHandler {
        try await connect(channels)
      } onCancel: {
        channels.close()
      }
    } catch {
      try Task.checkCancellation()
      throw SourceFailure("cannot connect to \(name): \(SocketFeed.words(error))")
    }
    outlet.report(.running, "connected to \(name)")
    do {
      try await SocketFeed.read(channel, into: outlet, settings: settings)
    } catch let failure as SourceFailure {
      throw failure
    } catch {
      try Task.checkCancellation()
      throw SourceFailure("lost the connection to \(name): \(SocketFeed.words(error))")
    }
    throw SourceFailure("\(name) has closed the connection")
  }
}
