import NIOCore
import NIOPosix
import Synchronization

/// A raw TCP client: says what it is told, and keeps or passes on every byte it gets.
package final class TestClient: Sendable {
  package struct Received: Sendable {
    package var bytes = ByteBuffer()
    package var isClosed = false
  }

  package let channel: any Channel
  private let received: Box

  private final class Box: Sendable {
    let state = Mutex(Received())
    let consume: (@Sendable (ByteBuffer) -> Void)?
    /// Answered at once with a pong: whether tests are slow or not.
    let answersPings = Mutex(false)
    init(_ consume: (@Sendable (ByteBuffer) -> Void)?) { self.consume = consume }
  }

  private final class Handler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    let box: Box
    init(_ box: Box) { self.box = box }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      var bytes = unwrapInboundIn(data)
      if let consume = box.consume { return consume(bytes) }
      // A ping of ours has no payload.
      if box.answersPings.withLock({ $0 }), bytes.readableBytesView.elementsEqual([0x89, 0]) {
        context.writeAndFlush(NIOAny(ByteBuffer(bytes: [0x8A, 0x80, 1, 2, 3, 4])), promise: nil)
      }
      box.state.withLock { _ = $0.bytes.writeBuffer(&bytes) }
    }

    func channelInactive(context: ChannelHandlerContext) { box.state.withLock { $0.isClosed = true } }
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
  }

  private init(_ channel: any Channel, _ box: Box) {
    self.channel = channel
    received = box
  }

  /// Connects to a port of this machine. `consume` gets the bytes instead of `received`. `reads: false`: nothing is read before `read()`.
  package static func connect(
    host: String = "127.0.0.1", port: Int, receiveBuffer: Int? = nil, reads: Bool = true,
    on loops: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
    consume: (@Sendable (ByteBuffer) -> Void)? = nil
  ) async throws -> TestClient {
    let box = Box(consume)
    var bootstrap = ClientBootstrap(group: loops)
      .channelOption(.autoRead, value: reads)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Handler(box)) }
      }
    if let receiveBuffer {
      bootstrap = bootstrap.channelOption(.socketOption(.so_rcvbuf), value: SocketOptionValue(receiveBuffer))
    }
    return TestClient(try await bootstrap.connect(host: host, port: port).get(), box)
  }

  /// Connects to a Unix socket.
  package static func connect(path: String) async throws -> TestClient {
    let box = Box(nil)
    let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).channelInitializer { channel in
      channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Handler(box)) }
    }
    return TestClient(try await bootstrap.connect(unixDomainSocketPath: path).get(), box)
  }

  package func send(_ text: String) async throws { try await channel.writeAndFlush(ByteBuffer(string: text)).get() }
  package func send(_ bytes: ByteBuffer) async throws { try await channel.writeAndFlush(bytes).get() }

  /// Answers the server's pings from now on.
  package func answerPings() { received.answersPings.withLock { $0 = true } }

  package func setReads(_ reads: Bool) async throws {
    try await channel.setOption(.autoRead, value: reads).get()
    if reads { channel.read() }
  }

  package var isClosed: Bool { received.state.withLock { $0.isClosed } }
  package var bytes: ByteBuffer { received.state.withLock { $0.bytes } }
  package var text: String { String(buffer: bytes) }

  /// Waits until what has come satisfies the condition, and returns it.
  @discardableResult
  package func wait(
    _ what: String, within limit: Duration = .seconds(120), until condition: (String) -> Bool
  ) async throws -> String {
    do {
      try await eventually(what, within: limit) { condition(text) }
    } catch let error as TimedOut {
      throw TimedOut(description: "\(error.description); received \(text.debugDescription.prefix(2000))")
    }
    return text
  }

  /// Waits for the peer to close.
  package func waitForClose(within limit: Duration = .seconds(120)) async throws {
    try await eventually("the connection to close", within: limit) { isClosed }
  }

  package func close() async { try? await channel.close().get() }
}
