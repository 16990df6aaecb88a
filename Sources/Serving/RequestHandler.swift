import Delivery
import Logging
import NIOCore
import NIOHTTP1
import Streams
import Wire

/// Reads requests of one connection until one of them makes it a subscriber; then it hands the connection over and leaves.
///
/// Owned by the connection's event loop. It decides nothing: `Negotiation` does.
final class RequestHandler: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = ByteBuffer

  private let routes: ServedRoutes
  private let decoder: ByteToMessageHandler<HTTPRequestDecoder>
  private var answer: (head: HTTPRequestHead, answer: Negotiation.Answer)?
  private var isOver = false
  /// The answer that is waited for; meanwhile what is asked next waits too (RFC 9112 section 9.3.2).
  private var poll: PendingPoll?
  private var waiting: CircularBuffer<HTTPServerRequestPart> = []
  private var isPaused = false
  /// The server ends: the poll's answer is the last.
  private var isEnding = false

  /// How much may be asked behind a poll before the connection is not read any more.
  static let waitingLimit = 64

  init(_ routes: ServedRoutes, decoder: ByteToMessageHandler<HTTPRequestDecoder>) {
    self.routes = routes
    self.decoder = decoder
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let part = unwrapInboundIn(data)
    guard poll == nil else { return wait(part, context) }
    take(part, context)
  }

  private func take(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
    guard !isOver else { return }
    switch part {
    case .head(let head): answer = (head, Negotiation(routes.table).answer(head))
    case .body: break
    case .end:
      guard let (head, answer) = answer else { return }
      self.answer = nil
      switch answer {
      case .refuse(let refusal): refuse(refusal, head, context)
      case .describe(let subscription): describe(subscription, head, context)
      case .subscribe(let subscription): subscribe(subscription, head, context)
      }
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    poll?.cancel()
    poll = nil
    context.fireChannelInactive()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard event is ConnectionRegistry.Shutdown else { return }
    isEnding = true
    if let poll { poll.hurry() } else { context.close(promise: nil) }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard !isOver, error is HTTPParserError else {
      context.close(promise: nil)
      return
    }
    if let poll {
      isEnding = true
      return poll.hurry()
    }
    let refusal: Refusal =
      switch error as? HTTPParserError {
      case .headerOverflow: Refusal(.requestHeaderFieldsTooLarge, "the header is too large")
      default: .badRequest("this is not HTTP/1.1")
      }
    send(ResponseHead.refuse(refusal, keepAlive: false, isHead: false, date: routes.date.now), close: true, context)
  }

  private func refuse(_ refusal: Refusal, _ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
    let keepAlive = head.isKeepAlive
    let bytes = ResponseHead.refuse(
      refusal, keepAlive: keepAlive, isHead: head.method == .HEAD, date: routes.date.now)
    send(bytes, close: !keepAlive, context)
  }

  private func describe(
    _ subscription: Subscription, _ head: HTTPRequestHead, _ context: ChannelHandlerContext
  ) {
    if case .poll = subscription.chosen {
      let keepAlive = head.isKeepAlive
      let bytes = ResponseHead.describePoll(subscription, keepAlive: keepAlive, date: routes.date.now)
      return send(bytes, close: !keepAlive, context)
    }
    send(ResponseHead.subscribe(subscription, position: nil, date: routes.date.now), close: true, context)
  }

  private func send(_ bytes: ByteBuffer, close: Bool, _ context: ChannelHandlerContext) {
    let sent = context.writeAndFlush(wrapOutboundOut(bytes))
    guard close else { return }
    isOver = true
    sent.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
  }

  private func subscribe(_ subscription: Subscription, _ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
    let lease: StreamLease
    do {
      lease = try subscription.endpoint.open(subscription.parameters, subscription.resume.token)
    } catch let error as Unavailable {
      routes.logger.warning("route '\(subscription.endpoint.path.text)': \(error.reason)")
      let refusal: Refusal = error.isMissing ? .gone : .unopened
      refuse(refusal.adding(subscription.access.headers), head, context)
      return
    } catch {
      routes.logger.error("route '\(subscription.endpoint.path.text)': \(error)")
      refuse(.unopened.adding(subscription.access.headers), head, context)
      return
    }
    if case .poll(let wait) = subscription.chosen { return begin(poll: subscription, lease, head, wait: wait, context) }
    isOver = true
    hand(over: SubscriberHandler(subscription, lease, routes), context)
  }

  /// The subscriber's handler takes this one's place; the decoder goes and gives up what it has read too much.
  private func hand(over handler: SubscriberHandler, _ context: ChannelHandlerContext) {
    let pipeline = context.pipeline.syncOperations
    do {
      try pipeline.addHandler(handler, position: .after(self))
      pipeline.removeHandler(context: context, promise: nil)
      pipeline.removeHandler(decoder).whenFailure { [channel = context.channel] _ in channel.close(promise: nil) }
    } catch {
      context.close(promise: nil)
    }
  }
}

// MARK: - Polling

extension RequestHandler {
  private func begin(
    poll subscription: Subscription, _ lease: StreamLease, _ head: HTTPRequestHead, wait: Int?,
    _ context: ChannelHandlerContext
  ) {
    let keepAlive = head.isKeepAlive
    let poll = PendingPoll(subscription, lease, target: head.uri) { response in
      self.poll = nil
      let keepAlive = keepAlive && !self.isEnding
      self.send(response.encoded(keepAlive: keepAlive, date: self.routes.date.now), close: !keepAlive, context)
      self.takeWaiting(context)
    }
    self.poll = poll
    poll.begin(on: context.eventLoop, waiting: wait ?? 0)
  }

  /// Bodies are of no interest; a peer that asks for too much is not read meanwhile.
  private func wait(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
    if case .body = part { return }
    waiting.append(part)
    if waiting.count >= Self.waitingLimit { pause(true, context) }
  }

  private func takeWaiting(_ context: ChannelHandlerContext) {
    while poll == nil, !isOver, let part = waiting.popFirst() { take(part, context) }
    if poll == nil { pause(false, context) }
  }

  private func pause(_ pauses: Bool, _ context: ChannelHandlerContext) {
    guard pauses != isPaused else { return }
    isPaused = pauses
    try? context.channel.syncOptions?.setOption(.autoRead, value: !pauses)
  }
}
