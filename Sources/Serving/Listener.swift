import Logging
import NIOCore
import NIOHTTP1
import NIOPosix

/// A bound address: accepts connections, spread over the event loops, and hands each to a `RequestHandler`.
package struct Listener: Sendable {
  package let address: ListenAddress
  private let channels: [any Channel]

  /// Connections that wait to be accepted; the system may allow fewer (`net.core.somaxconn`).
  static let backlog = 4096

  /// Milliseconds after which a peer that takes nothing of what it was sent is given up by the system (RFC 5482).
  static let userTimeout: SocketOptionValue = 60_000

  /// Binds, or throws the system's reason.
  package static func bind(
    _ address: ListenAddress, routes: ServedRoutes, on loops: MultiThreadedEventLoopGroup
  ) async throws -> Listener {
    let bootstrap = ServerBootstrap(group: loops)
      .serverChannelOption(.backlog, value: Int32(backlog))
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .serverChannelInitializer { Self.prepareAccepting($0, routes) }
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelOption(.socketOption(.so_keepalive), value: 1)
      .childChannelOption(.tcpOption(.tcpUserTimeout), value: Self.userTimeout)
      .childChannelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 2048))
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try Self.prepare(channel, routes)
        }
      }
    let channel: any Channel
    switch address {
    case .unix(let path):
      channel = try await ServerBootstrap(group: loops)
        .serverChannelOption(.backlog, value: Int32(backlog))
        .serverChannelInitializer { Self.prepareAccepting($0, routes) }
        .childChannelInitializer { channel in
          channel.eventLoop.makeCompletedFuture { try Self.prepare(channel, routes) }
        }
        .bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).get()
    case .tcp(let host, let port) where host.isEmpty:
      do {
        channel = try await bootstrap.bind(host: "::", port: port).get()
      } catch let error as IOError where [EAFNOSUPPORT, EADDRNOTAVAIL].contains(error.errnoCode) {
        channel = try await bootstrap.bind(host: "0.0.0.0", port: port).get()
      }
    case .tcp(let host, let port):
      channel = try await bootstrap.bind(host: host, port: port).get()
    }
    return Listener(address: address, channels: [channel])
  }

  private static func prepareAccepting(_ channel: any Channel, _ routes: ServedRoutes) -> EventLoopFuture<Void> {
    channel.eventLoop.makeCompletedFuture {
      try channel.pipeline.syncOperations.addHandler(AcceptPause(routes.counters))
    }
  }

  private static func prepare(_ channel: any Channel, _ routes: ServedRoutes) throws {
    if let kind = routes.admission.admit(channel) {
      routes.counters.count(kind)
      guard routes.admission.mayRefuse(channel) else { throw ChannelError.ioOnClosedChannel }
      let refused = RefusedConnection(ConnectionLimits.refusal(kind), date: routes.date.now)
      return try channel.pipeline.syncOperations.addHandler(refused)
    }
    routes.connections.add(channel)
    let limits = routes.limits
    var parserLimits = NIOHTTPDecoderLimitConfiguration()
    // The reader before it bounds heads; of the parser's own limits, those for trailers are left.
    parserLimits.maxHeaderListSize = limits.headerBytes + RequestReader.bodyBytes
    parserLimits.maxHeaderFieldSize = parserLimits.maxHeaderListSize
    parserLimits.maxHeaderFieldCount = 2 * limits.headerCount
    let decoder = ByteToMessageHandler(
      HTTPRequestDecoder(
        leftOverBytesStrategy: .forwardBytes, informationalResponseStrategy: .drop, limitConfiguration: parserLimits))
    let reader = RequestReader(limits, routes)
    let pipeline = channel.pipeline.syncOperations
    try pipeline.addHandlers([reader, decoder, RequestHandler(routes, reader: reader, decoder: decoder)])
  }

  /// The port that was bound, also when the system chose it.
  package var port: Int? { channels.first?.localAddress?.port }

  /// The address with the port that was bound.
  package var boundAddress: ListenAddress {
    if case .tcp(let host, _) = address, let port { .tcp(host: host, port: port) } else { address }
  }

  /// Where a person on this machine reaches it.
  package var baseURL: String {
    switch address {
    case .unix(let path): "http+unix:\(path):"
    case .tcp(let host, let port):
      "http://\(host.isEmpty || host == "0.0.0.0" || host == "::" ? "localhost" : host.contains(":") ? "[\(host)]" : host):\(self.port ?? port)"
    }
  }

  /// Stops accepting; connections stay.
  package func close() async {
    for channel in channels { try? await channel.close().get() }
  }
}
