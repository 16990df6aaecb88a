import NIOCore
import NIOPosix
import Synchronization

/// A raw TCP client: says what it is told, and keeps or passes on every byte it gets.
package final class TestClient: Sendable {
  package struct Received: Sendable {
    package var bytes = ByteBuffer()
    /// When the peer had closed.
    package var closed: ContinuousClock.Instant?
  }

  package let channel: any Channel
  private let received: Box

  private final class Box: Sendable {
    let state = Mutex(Received())
    let consume: (@Sendable (ByteBuffer) -> Void)?
    /// Said as soon as there is a connection.
    let first: ByteBuffer
    let answersPings: Bool

    init(_ first: String, answersPings: Bool = true, _ consume: (@Sendable (ByteBuffer) -> Void)? = nil) {
      self.first = ByteBuffer(string: first)
      self.answersPings = answersPings
      self.consume = consume
    }
  }

  /// What must not wait for a test to run again is done here, on the event loop.
  private final class Handler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    let box: Box
    var pings = PingCounter()
    init(_ box: Box) { self.box = box }

    func channelActive(context: ChannelHandlerContext) {
      if box.first.readableBytes > 0 { context.writeAndFlush(NIOAny(box.first), promise: nil) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      var bytes = unwrapInboundIn(data)
      let pings = pings.receive(bytes)
      if box.answersPings {
        // A ping of ours has no payload.
        for _ in 0..<pings {
          context.writeAndFlush(NIOAny(ClientFrame.encode(ClientFrame.final | 10, [])), promise: nil)
        }
      }
      if let consume = box.consume { return consume(bytes) }
      box.state.withLock { _ = $0.bytes.writeBuffer(&bytes) }
    }

    func channelInactive(context: ChannelHandlerContext) { box.state.withLock { $0.closed = .now } }
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
  }

  private init(_ channel: any Channel, _ box: Box) {
    self.channel = channel
    received = box
  }

  /// Connects to a port of this machine. `sending`: said at once, however long the test then has to wait for its turn, as
  /// pings are answered.
  /// `consume` gets the bytes instead of `received`. `reads: false`: nothing is read before `startReading()`.
  package static func connect(
    host: String = "127.0.0.1", port: Int, sending first: String = "", receiveBuffer: Int? = nil, reads: Bool = true,
    answersPings: Bool = true, on loops: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
    consume: (@Sendable (ByteBuffer) -> Void)? = nil
  ) async throws -> TestClient {
    let box = Box(first, answersPings: answersPings, consume)
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
  package static func connect(path: String, sending first: String = "") async throws -> TestClient {
    let box = Box(first)
    let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).channelInitializer { channel in
      channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Handler(box)) }
    }
    return TestClient(try await bootstrap.connect(unixDomainSocketPath: path).get(), box)
  }

  package func send(_ text: String) async throws { try await channel.writeAndFlush(ByteBuffer(string: text)).get() }
  package func send(_ bytes: ByteBuffer) async throws { try await channel.writeAndFlush(bytes).get() }

  /// Begins to read at once, without a turn of the test.
  package func startReading() {
    channel.setOption(.autoRead, value: true).whenSuccess { [channel] in channel.read() }
  }

  package func stopReading() async throws { try await channel.setOption(.autoRead, value: false).get() }

  package var closed: ContinuousClock.Instant? { received.state.withLock { $0.closed } }
  package var isClosed: Bool { closed != nil }
  package var bytes: ByteBuffer { received.state.withLock { $0.bytes } }
  package var text: String { String(buffer: bytes) }

  /// Waits until what has come satisfies the condition, and returns it.
  @discardableResult
  package func wait(
    _ what: String, within limit: Duration = .seconds(120), until condition: (String) -> Bool
  ) async throws -> String {
    try await waitForBytes(what, within: limit) { condition(text) }
    return text
  }

  /// Waits for a condition that only what comes can bring about.
  func waitForBytes(_ what: String, within limit: Duration, _ condition: () -> Bool) async throws {
    do {
      try await eventually(what, within: limit) {
        // Asked first: what came before the end is all there by then.
        let isClosed = isClosed
        if condition() { return true }
        guard !isClosed else { throw TimedOut(description: "not to come, the peer has closed: \(what)") }
        return false
      }
    } catch let error as TimedOut {
      let text = text.debugDescription
      let end = text.count > 1000 ? " ... \(text.suffix(500))" : ""
      throw TimedOut(description: "\(error.description); received \(text.prefix(1000))\(end)")
    }
  }

  /// Waits for the peer to close.
  package func waitForClose(within limit: Duration = .seconds(120)) async throws {
    try await eventually("the connection to close", within: limit) { isClosed }
  }

  package func close() async { try? await channel.close().get() }
}
