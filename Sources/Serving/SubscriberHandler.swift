import Delivery
import DequeModule
import NIOCore
import Streams
import Wire

/// A connection that has become a subscriber: sends the response's head, joins the group, and reads what the peer says.
///
/// Owned by the connection's event loop. Stream data does not pass through it: `Subscriber` sends that to the socket.
final class SubscriberHandler: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let subscription: Subscription
  private let lease: StreamLease
  private let routes: ServedRoutes
  private var subscriber: Subscriber?
  private var incoming: WebSocketParser?
  private var hasLeft = false
  /// The close frame has been sent: what the peer still says is not answered.
  private var isClosing = false
  private var collector = MessageCollector()
  /// What the peer is owed has filled the outbox: it is not read before that is sent.
  private var isPaused = false
  private var wantsRead = false
  /// Events that were parsed with the last read and wait for room.
  private var waiting: Deque<WebSocketParser.Event> = []

  private var keepAlive: KeepAlive

  /// What a subscriber's socket is read with: it says little.
  static let receiveBytes = 512
  init(_ subscription: Subscription, _ lease: StreamLease, _ routes: ServedRoutes) {
    self.subscription = subscription
    self.lease = lease
    self.routes = routes
    keepAlive = KeepAlive(
      every: subscription.endpoint.keepAlive, expectsAnswer: subscription.format == .webSocket, now: .now())
    if case .webSocket = subscription.chosen {
      incoming = WebSocketParser(messageLimit: subscription.endpoint.publish.messageLimit)
    }
  }

  /// How long this client is to wait before it comes back, told anew each time.
  private var retry: ByteBuffer {
    subscription.format.encode(retry: RetryDelay.random(around: subscription.endpoint.retry))
  }

  // MARK: - Joining

  func handlerAdded(context: ChannelHandlerContext) {
    let allocator = FixedSizeRecvByteBufferAllocator(capacity: Self.receiveBytes)
    try? context.channel.syncOptions?.setOption(.recvAllocator, value: allocator)
    // From here until it has joined, nothing that it is to get may leave the log.
    let hold = lease.group.log.register(from: .zero)
    let start = Start(subscription, lease)
    lease.group.log.hold(hold, from: start.cursor.next)
    var head = ResponseHead.subscribe(subscription, position: start.position, date: routes.date.now)
    head.writeImmutableBuffer(retry)
    context.writeAndFlush(wrapOutboundOut(head)).assumeIsolated().whenComplete { result in
      switch result {
      case .success: self.join(start, context)
      case .failure: context.close(promise: nil)
      }
      self.lease.group.log.unregister(hold)
    }
  }

  /// The head is out and nothing of ours is pending in the channel: from here on the subscriber writes to the socket.
  private func join(_ start: Start, _ context: ChannelHandlerContext) {
    guard !hasLeft, context.channel.isActive else { return }
    let endpoint = subscription.endpoint
    let subscriber = lease.group.join(on: context.eventLoop) { _ in
      Subscriber(
        channel: context.channel, format: subscription.format, slow: endpoint.slow,
        wantsHealth: endpoint.health && !subscription.hasNoNotes, closesOnGap: subscription.hasNoNotes,
        start: start.cursor, notes: start.notes, snapshot: start.snapshot)
    }
    guard let subscriber else {
      context.close(promise: nil)
      return
    }
    // The first send may have found the peer gone.
    guard !hasLeft else { return lease.group.leave(subscriber) }
    self.subscriber = subscriber
    subscriber.onRoom = {
      self.isPaused = false
      self.takeWaiting(context)
    }
    routes.sweeps.sweep(of: context.eventLoop).add(self)
    routes.logger.debug("route '\(endpoint.path.text)': \(context.remoteAddress?.description ?? "-") joined")
  }

  func channelInactive(context: ChannelHandlerContext) {
    leave()
    context.fireChannelInactive()
  }

  func handlerRemoved(context: ChannelHandlerContext) { leave() }

  private func leave() {
    guard !hasLeft else { return }
    hasLeft = true
    if let subscriber {
      routes.sweeps.sweep(of: subscriber.channel.eventLoop).remove(self)
      lease.group.leave(subscriber)
    }
    subscriber = nil
    lease.release()
  }

  // MARK: - Reading

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    keepAlive.heard(at: .now())
    guard !isClosing, let events = incoming?.receive(unwrapInboundIn(data)) else { return }
    waiting.append(contentsOf: events)
    takeWaiting(context)
  }

  private func takeWaiting(_ context: ChannelHandlerContext) {
    while !isClosing, !isPaused, let event = waiting.popFirst() { take(event, context) }
    guard !isPaused, wantsRead else { return }
    wantsRead = false
    context.read()
  }

  /// While the peer does not take what it is owed, it is not read.
  func read(context: ChannelHandlerContext) {
    if isPaused { wantsRead = true } else { context.read() }
  }

  /// Sends frames to this peer alone.
  private func send(_ frames: ByteBuffer, _ context: ChannelHandlerContext) {
    guard let subscriber else { return }
    isPaused = !subscriber.send(own: frames)
  }

  private func take(_ event: WebSocketParser.Event, _ context: ChannelHandlerContext) {
    switch event {
    case .ping(let payload): send(WebSocketFrame.encode(.pong, payload: payload), context)
    case .pong: break
    case .data(let piece, let isText, let isFirst, let isLast):
      guard subscription.endpoint.publish.target == .reply else {
        let refused = WebSocketFailure.refused("this endpoint takes no messages")
        return close(WebSocketFrame.encode(close: refused.code, reason: refused.reason), context)
      }
      guard let message = collector.take(piece, isFirst: isFirst, isLast: isLast) else { return }
      send(WebSocketFrame.encode(isText ? .text : .binary, payload: message), context)
    case .close(let code, _): close(WebSocketFrame.encode(close: code), context)
    case .failure(let failure): close(WebSocketFrame.encode(close: failure.code, reason: failure.reason), context)
    }
  }

  private func close(_ frame: ByteBuffer, _ context: ChannelHandlerContext) {
    isClosing = true
    if let subscriber { subscriber.finish(with: frame) } else { context.close(promise: nil) }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard let shutdown = event as? ConnectionRegistry.Shutdown else { return }
    guard let subscriber else { return context.close(promise: nil) }
    var end = retry
    end.writeImmutableBuffer(subscription.format.encodeEnd(shutdown.reason))
    subscriber.finish(with: end)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

// MARK: - Keeping alive

extension SubscriberHandler: SweptConnection {
  func sweep(at now: NIODeadline) {
    guard let subscriber, !isClosing else { return }
    switch keepAlive.tick(at: now, sent: subscriber.sentCount, isBlocked: subscriber.isWaiting) {
    case .nothing: break
    case .giveUp: subscriber.channel.close(promise: nil)
    case .ask:
      guard let question = subscription.format.keepAlive else { return }
      subscriber.send(own: question)
    }
  }
}
