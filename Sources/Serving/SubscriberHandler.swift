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

  var subscription: Subscription
  var lease: StreamLease
  let routes: ServedRoutes
  let form: ConnectionForm
  var subscriber: Subscriber?
  private var sweep: LoopSweep?
  var incoming: WebSocketParser?
  private(set) var hasLeft = false
  /// The close frame has been sent: what the peer still says is not answered.
  var isClosing = false
  /// It waits for its socket to go over to another stream.
  var isMoving = false
  /// Its route has gone: it is closed before long.
  var isRetired = false
  private var collector = MessageCollector()
  /// What the peer is owed has filled the outbox: it is not read before that is sent.
  var isPaused = false
  private var wantsRead = false
  /// Events that were parsed with the last read and wait for room.
  private var waiting: Deque<WebSocketParser.Event> = []

  var keepAlive: KeepAlive

  /// What a subscriber's socket is read with: it says little.
  static let receiveBytes = 512
  init(_ subscription: Subscription, _ lease: StreamLease, _ routes: ServedRoutes) {
    self.subscription = subscription
    self.lease = lease
    self.routes = routes
    form = ConnectionForm(subscription, routes.compressionBudget)
    let settings = subscription.settings
    keepAlive = KeepAlive(
      every: settings.keepAlive, expectsAnswer: subscription.format == .webSocket, now: .now())
    if case .webSocket = subscription.chosen {
      incoming = WebSocketParser(messageLimit: settings.publish.messageLimit, acceptsDeflate: form.deflate != nil)
    }
  }

  /// How long this client is to wait before it comes back, told anew each time.
  var retry: ByteBuffer {
    form.format.encode(retry: RetryDelay.random(around: subscription.settings.retry))
  }

  // MARK: - Joining

  func handlerAdded(context: ChannelHandlerContext) {
    let allocator = FixedSizeRecvByteBufferAllocator(capacity: Self.receiveBytes)
    try? context.channel.syncOptions?.setOption(.recvAllocator, value: allocator)
    // From here until it has joined, nothing that it is to get may leave the log.
    let log = lease.group.log
    let hold = log.register(from: .zero)
    let start = Start(subscription, lease)
    log.hold(hold, from: start.cursor.next)
    var head = ResponseHead.subscribe(
      subscription, position: start.position, deflate: form.deflate, date: routes.date.now)
    let (coding, beginning) = form.begin(retry)
    head.writeImmutableBuffer(beginning)
    context.writeAndFlush(wrapOutboundOut(head)).assumeIsolated().whenComplete { result in
      switch result {
      case .success: self.begin(start, coding, context)
      case .failure: context.close(promise: nil)
      }
      log.unregister(hold)
    }
  }

  /// The head is out and nothing of ours is pending in the channel: from here on the subscriber writes to the socket.
  private func begin(_ start: Start, _ coding: ConnectionCoding, _ context: ChannelHandlerContext) {
    guard !hasLeft, context.channel.isActive, join(start, coding, context.channel) else { return }
    sweep = routes.sweeps.sweep(of: context.eventLoop)
    sweep?.add(self)
    subscription.endpoint.counters.join()
    let path = subscription.settings.path.text
    routes.logger.debug("route '\(path)': \(context.remoteAddress?.description ?? "-") joined")
    // A reload may have come since the request was answered.
    follow()
  }

  /// Reads the lease's group from `start` on; false when the peer has gone.
  func join(_ start: Start, _ coding: ConnectionCoding, _ channel: any Channel) -> Bool {
    let settings = subscription.settings
    let compression = form.format.isShared ? (settings.compression, routes.compressionBudget) : nil
    let subscriber = lease.group.join(on: channel.eventLoop, compression: compression) { _ in
      Subscriber(
        channel: channel, format: form.format, slow: settings.slow,
        wantsHealth: settings.health && !subscription.hasNoNotes, closesOnGap: subscription.hasNoNotes,
        start: start.cursor, notes: start.notes, snapshot: start.snapshot, coding: coding)
    }
    guard let subscriber else {
      channel.close(promise: nil)
      return false
    }
    // The first send may have found the peer gone.
    guard !hasLeft else {
      lease.group.leave(subscriber)
      return false
    }
    self.subscriber = subscriber
    subscriber.onRoom = {
      self.isPaused = false
      self.takeWaiting()
    }
    return true
  }

  func channelInactive(context: ChannelHandlerContext) {
    leave()
    context.fireChannelInactive()
  }

  func handlerRemoved(context: ChannelHandlerContext) { leave() }

  private func leave() {
    guard !hasLeft else { return }
    hasLeft = true
    if let sweep {
      sweep.remove(self)
      subscription.endpoint.counters.leave()
    }
    if let subscriber { lease.group.leave(subscriber) }
    subscriber = nil
    lease.release()
  }

  // MARK: - Reading

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    keepAlive.heard(at: .now())
    guard !isClosing, let events = incoming?.receive(unwrapInboundIn(data)) else { return }
    waiting.append(contentsOf: events)
    takeWaiting()
  }

  private func takeWaiting() {
    while !isClosing, !isPaused, let event = waiting.popFirst() { take(event) }
    guard !isPaused, wantsRead else { return }
    wantsRead = false
    subscriber?.channel.read()
  }

  /// While the peer does not take what it is owed, it is not read.
  func read(context: ChannelHandlerContext) {
    if isPaused { wantsRead = true } else { context.read() }
  }

  /// Sends frames to this peer alone.
  private func send(_ frames: ByteBuffer) {
    guard let subscriber else { return }
    isPaused = !subscriber.send(own: frames)
  }

  /// Sends what a stream before this one has left over.
  func send(rest: Deque<ByteBuffer>) {
    guard let subscriber else { return }
    isPaused = rest.reduce(false) { _, bytes in !subscriber.send(own: bytes) }
    takeWaiting()
  }

  private func take(_ event: WebSocketParser.Event) {
    switch event {
    case .ping(let payload): send(WebSocketFrame.encode(.pong, payload: payload))
    case .pong: break
    case .data(let piece, let isText, let isFirst, let isLast):
      guard subscription.settings.publish.target == .reply else {
        let refused = WebSocketFailure.refused("this endpoint takes no messages")
        return close(WebSocketFrame.encode(close: refused.code, reason: refused.reason))
      }
      guard let message = collector.take(piece, isFirst: isFirst, isLast: isLast) else { return }
      send(WebSocketFrame.encode(isText ? .text : .binary, payload: message))
    case .close(let code, _): close(WebSocketFrame.encode(close: code))
    case .failure(let failure): close(WebSocketFrame.encode(close: failure.code, reason: failure.reason))
    }
  }

  private func close(_ frame: ByteBuffer) {
    isClosing = true
    subscriber?.finish(with: frame)
  }

  /// Ends the stream in good order, and tells the client when to come back.
  func end(_ reason: EndReason) {
    guard let subscriber else { return }
    isClosing = true
    subscriber.end(reason, after: retry)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard let shutdown = event as? ConnectionRegistry.Shutdown else { return }
    guard subscriber != nil else { return context.close(promise: nil) }
    end(shutdown.reason)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

// MARK: - Keeping alive

extension SubscriberHandler: SweptConnection {
  func sweep(at now: NIODeadline) {
    guard let subscriber, !isClosing else { return }
    if form.format.isShared, routes.compressionBudget.isShort(at: now) { lease.group.yieldCompressors(at: now) }
    switch keepAlive.tick(at: now, sent: subscriber.sentCount, isBlocked: subscriber.isWaiting) {
    case .nothing: break
    case .giveUp: subscriber.channel.close(promise: nil)
    case .ask:
      guard let question = form.format.keepAlive else { return }
      subscriber.send(own: question)
    }
  }
}
