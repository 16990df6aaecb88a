import Descriptors
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A bound address: accepts connections, spread over the event loops, and hands each to a `RequestHandler`.
///
/// ```
///   prepare ──▶ listens, clients wait ──open──▶ accepts ──close──▶ closed, connections stay
///                        └──────────────close──────────────────────▲
/// ```
/// Who has prepared one closes it.
package final class Listener: Sendable {
  package let address: ListenAddress
  private let channel: any Channel
  private let loops: MultiThreadedEventLoopGroup
  /// Nil: it is closed.
  private let holding: Mutex<Holding?>

  /// Milliseconds after which a peer that takes nothing of what it was sent is given up by the system (RFC 5482).
  static let userTimeout: SocketOptionValue = 60_000

  private init(
    _ address: ListenAddress, _ channel: any Channel, _ holding: Holding, on loops: MultiThreadedEventLoopGroup
  ) {
    self.address = address
    self.channel = channel
    self.loops = loops
    self.holding = Mutex(holding)
  }

  /// How many connections are accepted in one turn of the event loop. A turn that gives a message to thousands takes
  /// milliseconds; with NIO's 4 of them, those who wait would give up before it is theirs.
  private static let acceptedAtOnce: UInt = 64

  /// Listens, but accepts nobody before `open`: who connects waits. The socket is one of the pool's.
  ///
  /// - Throws: `OpenFailure` when the address cannot be had, or an error of the channel.
  package static func prepare(
    _ address: ListenAddress, routes: ServedRoutes, pool: DescriptorPool, on loops: MultiThreadedEventLoopGroup
  ) async throws -> Listener {
    let holding = try pool.hold(address.claim)
    var bootstrap = ServerBootstrap(group: loops)
      .serverChannelOption(.autoRead, value: false)
      .serverChannelOption(.maxMessagesPerRead, value: Self.acceptedAtOnce)
      .serverChannelInitializer { Self.prepareAccepting($0, routes) }
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try Self.prepare(channel, routes) }
      }
    if case .tcp = address {
      bootstrap =
        bootstrap
        .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
        .childChannelOption(.socketOption(.so_keepalive), value: 1)
        .childChannelOption(.tcpOption(.tcpUserTimeout), value: Self.userTimeout)
        .childChannelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 2048))
    }
    let channel = try await bootstrap.withBoundSocket(holding.duplicate()).get()
    holding.listenAgain()
    return Listener(address, channel, holding, on: loops)
  }

  /// Accepts from now on; as soon as all others on the same socket have been closed.
  package func open() {
    let channel = channel
    holding.withLock { $0 }?.whenItsTurn { channel.setOption(.autoRead, value: true).whenComplete { _ in } }
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
  package var port: Int? { channel.localAddress?.port }

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

  /// Stops accepting; connections stay. The socket is closed, unless another listener or source has it, too.
  package func close() async {
    try? await channel.setOption(.autoRead, value: false).get()
    // A connection that was accepted is set up on its own loop and then handed over here; one that is not by the time
    // the channel is closed would be closed with it.
    for loop in loops.makeIterator() { try? await loop.submit {}.get() }
    try? await channel.eventLoop.submit {}.get()
    try? await channel.close().get()
    let gone = holding.withLock { $0.take() }
    _ = gone
  }
}
