import Delivery
import NIOCore
import NIOPosix
import Streams
import TestSupport
import Wire

/// A group behind a loopback port: whoever connects is a subscriber at once.
final class Rig: Sendable {
  let group: Group
  let loops: MultiThreadedEventLoopGroup
  private let server: any Channel

  /// Joins the group when the connection is there, and leaves it when it has gone.
  private final class Member: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let group: Group
    private let make: (any Channel, StreamLog) -> Subscriber?
    private var subscriber: Subscriber?

    init(_ group: Group, _ make: @escaping (any Channel, StreamLog) -> Subscriber?) {
      self.group = group
      self.make = make
    }

    func channelActive(context: ChannelHandlerContext) {
      subscriber = group.join(on: context.eventLoop) { make(context.channel, $0) }
    }

    func channelInactive(context: ChannelHandlerContext) {
      if let subscriber { group.leave(subscriber) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
  }

  init(
    _ group: Group, format: WireFormat = .stream, slow: SlowConsumerPolicy, replay: Replay = .none,
    history: History = .none, sendBuffer: Int? = nil, wantsHealth: Bool = false, loops count: Int = 2
  ) async throws {
    self.group = group
    loops = LoopTurns.makeLoops(count)
    var bootstrap = ServerBootstrap(group: loops)
      .serverChannelOption(.backlog, value: 1024)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let member = Member(group) { channel, log in
            Subscriber(
              channel: channel, format: format, slow: slow, wantsHealth: wantsHealth, closesOnGap: false,
              start: log.start(replay, within: history), notes: [])
          }
          try channel.pipeline.syncOperations.addHandler(member)
        }
      }
    if let sendBuffer {
      bootstrap = bootstrap.childChannelOption(.socketOption(.so_sndbuf), value: SocketOptionValue(sendBuffer))
    }
    server = try await bootstrap.bind(host: "127.0.0.1", port: 0).get()
  }

  var port: Int { server.localAddress?.port ?? 0 }

  func connect(reads: Bool = true, receiveBuffer: Int? = nil) async throws -> TestClient {
    let before = group.subscribers
    let client = try await TestClient.connect(port: port, receiveBuffer: receiveBuffer, reads: reads)
    try await eventually("the subscriber to join") { group.subscribers > before }
    return client
  }

  func stop() async throws {
    try await server.close().get()
    try await loops.shutdownGracefully()
  }
}
