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
  private let reader: RequestReader
  private let decoder: ByteToMessageHandler<HTTPRequestDecoder>
  private var answer: (head: HTTPRequestHead, answer: Negotiation.Answer)?
  private var isOver = false
  /// The answer that is waited for; meanwhile nothing more is read from the parser.
  private var poll: PendingPoll?
  /// The server ends: the poll's answer is the last.
  private var isEnding = false

  init(_ routes: ServedRoutes, reader: RequestReader, decoder: ByteToMessageHandler<HTTPRequestDecoder>) {
    self.routes = routes
    self.reader = reader
    self.decoder = decoder
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isOver else { return }
    switch unwrapInboundIn(data) {
    case .head(let head): take(head, context)
    case .body: break
    case .end:
      guard let (head, answer) = answer else { return }
      self.answer = nil
      switch answer {
      case .refuse(let refusal): refuse(refusal, head, context)
      case .describe(let subscription): describe(subscription, head, context)
      case .subscribe(let subscription): subscribe(subscription, head, context)
      }
      if poll == nil { reader.ended() } else { reader.wait() }
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    poll?.cancel()
    end(of: poll, context)
    context.fireChannelInactive()
  }

  /// What is wrong with the head itself is answered at once, and ends the connection: where it ends may be in doubt.
  private func take(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
    if let fault = head.fault { return refuse(fault, head, mayBeFollowed: false, context) }
    let answer = Negotiation(routes.table).answer(head)
    let isBodyRead = reader.began(head.body)
    if case .refuse(let refusal) = answer, !isBodyRead || head.expectsContinue {
      return refuse(refusal, head, mayBeFollowed: false, context)
    }
    guard isBodyRead else { return refuse(.bodyTooLarge, head, mayBeFollowed: false, context) }
    if head.expectsContinue, head.body != .bytes(0) {
      context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")), promise: nil)
    }
    self.answer = (head, answer)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard event is ConnectionRegistry.Shutdown else { return }
    isEnding = true
    if let poll { poll.hurry() } else { context.close(promise: nil) }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    let refusal: Refusal? =
      switch error {
      case let refusal as Refusal: refusal
      case HTTPParserError.headerOverflow: .headerTooLarge
      case HTTPParserError.invalidMethod: Refusal(.notImplemented, "this method is not known here")
      case is HTTPParserError: .notHTTP
      default: nil
      }
    guard !isOver, let refusal else {
      if !isOver { context.close(promise: nil) }
      return
    }
    send(ResponseHead.refuse(refusal, keepAlive: false, isHead: false, date: routes.date.now), close: true, context)
  }

  private func refuse(
    _ refusal: Refusal, _ head: HTTPRequestHead, mayBeFollowed: Bool = true, _ context: ChannelHandlerContext
  ) {
    let keepAlive = mayBeFollowed && head.mayBeFollowed
    let bytes = ResponseHead.refuse(
      refusal, keepAlive: keepAlive, isHead: head.method == .HEAD, date: routes.date.now)
    send(bytes, close: !keepAlive, context)
  }

  private func describe(_ subscription: Subscription, _ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
    if case .poll = subscription.chosen {
      let keepAlive = head.mayBeFollowed
      let bytes = ResponseHead.describePoll(subscription, keepAlive: keepAlive, date: routes.date.now)
      return send(bytes, close: !keepAlive, context)
    }
    send(ResponseHead.subscribe(subscription, position: nil, date: routes.date.now), close: true, context)
  }

  private func send(_ bytes: ByteBuffer, close: Bool, _ context: ChannelHandlerContext) {
    let sent = context.writeAndFlush(wrapOutboundOut(bytes))
    guard close else { return }
    isOver = true
    reader.finish()
    // Our side first: a close with bytes unread would reset the connection, and the answer with it.
    sent.assumeIsolated().whenComplete { _ in context.close(mode: .output, promise: nil) }
  }

  private func subscribe(_ subscription: Subscription, _ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
    let client = proxiedClient(head, context)
    if let client, let broken = routes.admission.admit(client: client) {
      routes.counters.count(broken)
      return refuse(ConnectionLimits.refusal(broken), head, context)
    }
    guard let lease = open(subscription, head, context) else {
      if let client { routes.admission.leave(client: client) }
      return
    }
    if case .poll(let wait) = subscription.chosen {
      let poll = PendingPoll(subscription, lease, target: head.uri) { [routes] in
        if let client { routes.admission.leave(client: client) }
      }
      return begin(poll, waiting: wait ?? 0, keepAlive: head.mayBeFollowed, context)
    }
    if let client {
      context.channel.closeFuture.whenComplete { [routes] _ in routes.admission.leave(client: client) }
    }
    isOver = true
    hand(over: SubscriberHandler(subscription, lease, routes), context)
  }

  /// Goes on with the next request when the poll is answered.
  private func begin(_ poll: PendingPoll, waiting seconds: Int, keepAlive: Bool, _ context: ChannelHandlerContext) {
    self.poll = poll
    routes.sweeps.sweep(of: context.eventLoop).add(self)
    poll.subscription.endpoint.counters.join()
    poll.begin(on: context.eventLoop, waiting: seconds) { response in
      self.end(of: poll, context)
      let keepAlive = keepAlive && !self.isEnding
      self.send(response.encoded(keepAlive: keepAlive, date: self.routes.date.now), close: !keepAlive, context)
      self.reader.goOn()
    }
    // A reload may have come since the request's head was read.
    _ = follow()
  }

  private func end(of poll: PendingPoll?, _ context: ChannelHandlerContext) {
    guard let poll else { return }
    self.poll = nil
    poll.subscription.endpoint.counters.leave()
    routes.sweeps.sweep(of: context.eventLoop).remove(self)
  }

  /// The stream, or `nil`: it cannot be opened, which has been answered.
  private func open(
    _ subscription: Subscription, _ head: HTTPRequestHead, _ context: ChannelHandlerContext
  ) -> StreamLease? {
    do {
      return try subscription.endpoint.open(subscription.request)
    } catch let error as Unavailable {
      routes.troubles.tell(route: subscription.settings.path.text, error.reason)
      let refusal: Refusal = error.isMissing ? .gone : .unopened
      refuse(refusal.adding(subscription.access.headers), head, context)
    } catch {
      routes.troubles.tell(route: subscription.settings.path.text, "\(error)")
      refuse(.unopened.adding(subscription.access.headers), head, context)
    }
    return nil
  }

  /// The client for whom a trusted proxy speaks: counted here, as its connection was when it was accepted.
  private func proxiedClient(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) -> IPAddress? {
    let limits = routes.limits
    guard limits.trusts(context.remoteAddress.flatMap { IPAddress($0) }) else { return nil }
    return ClientAddress.behindProxy(head.headers, trusted: limits.trustedProxies)
  }

  /// The subscriber's handler takes this one's place; the decoder goes and gives up what it has read too much.
  private func hand(over handler: SubscriberHandler, _ context: ChannelHandlerContext) {
    reader.leave()
    let pipeline = context.pipeline.syncOperations
    do {
      try pipeline.addHandler(handler, position: .after(self))
      pipeline.removeHandler(context: context, promise: nil)
      let reader = reader
      pipeline.removeHandler(decoder).assumeIsolated().whenComplete { _ in
        pipeline.removeHandler(reader).whenFailure { [channel = context.channel] _ in channel.close(promise: nil) }
      }
    } catch {
      context.close(promise: nil)
    }
  }
}

// MARK: - Reload

/// A poll that waits when its route changes is answered at once, and goes on with the next where that leads.
extension RequestHandler: SweptConnection {
  func follow() -> ConnectionFate {
    if let poll, poll.subscription.endpoint.isOver { poll.hurry() }
    return .kept
  }
}
