import Delivery
import NIOCore
import Streams
import Wire

/// A connection that has become a subscriber: sends the response's head, joins the group, and reads what the peer says.
///
/// Owned by the connection's event loop. Stream data does not pass through it: `Subscriber` sends that to the socket.
final class SubscriberHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let subscription: Subscription
  private let lease: StreamLease
  private let routes: ServedRoutes
  private var subscriber: Subscriber?
  private var incoming: WebSocketParser?
  private var hasLeft = false
  /// The close frame has been sent: what the peer still says is not answered.
  private var isClosing = false

  /// What a subscriber's socket is read with: it says little.
  static let receiveBytes = 512
  /// Payload bytes of one message from a client.
  static let messageLimit = 64 << 10

  init(_ subscription: Subscription, _ lease: StreamLease, _ routes: ServedRoutes) {
    self.subscription = subscription
    self.lease = lease
    self.routes = routes
    if case .webSocket = subscription.chosen { incoming = WebSocketParser(messageLimit: Self.messageLimit) }
  }

  // MARK: - Joining

  func handlerAdded(context: ChannelHandlerContext) {
    let allocator = FixedSizeRecvByteBufferAllocator(capacity: Self.receiveBytes)
    try? context.channel.syncOptions?.setOption(.recvAllocator, value: allocator)
    let start = Start(subscription, lease)
    let head = ResponseHead.subscribe(subscription, position: start.position, date: routes.date.now)
    context.writeAndFlush(wrapOutboundOut(head)).assumeIsolated().whenComplete { result in
      switch result {
      case .success: self.join(start, context)
      case .failure: context.close(promise: nil)
      }
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
        start: start.cursor, notes: start.notes)
    }
    guard let subscriber else {
      context.close(promise: nil)
      return
    }
    self.subscriber = subscriber
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
    if let subscriber { lease.group.leave(subscriber) }
    subscriber = nil
    lease.release()
  }

  // MARK: - Reading

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isClosing, let events = incoming?.receive(unwrapInboundIn(data)) else { return }
    for event in events where !isClosing { take(event, context) }
  }

  private func take(_ event: WebSocketParser.Event, _ context: ChannelHandlerContext) {
    switch event {
    case .ping(let payload): subscriber?.send(control: WebSocketFrame.encode(.pong, payload: payload))
    case .pong: break
    case .data:
      let refused = WebSocketFailure.refused("this endpoint takes no messages")
      close(WebSocketFrame.encode(close: refused.code, reason: refused.reason), context)
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
    if let subscriber { subscriber.end(shutdown.reason) } else { context.close(promise: nil) }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
