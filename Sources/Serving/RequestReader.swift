import NIOCore

/// Stands before the HTTP parser: hands it whole heads, then bodies, one request at a time, and keeps the time.
///
/// ```
///          whole head          head of a body          its last byte
///   head ─────────────▶ parser ───────────────▶ body ───────────────▶ head       refused for good: over
///                                                                                 a subscriber: leaving
/// ```
/// Owned by the connection's event loop. Refusals go down the pipeline as errors; `RequestHandler` answers.
final class RequestReader: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private enum Phase: Equatable {
    case head
    /// `left`: bytes of the body that are to come.
    case body(left: Int)
    /// `room`: bytes, chunk heads included, that may still come.
    case chunked(room: Int)
    /// The last answer is out: what still comes is dropped, so that the answer is not lost to a reset (RFC 9112
    /// section 9.6).
    case over(room: Int)
    case leaving
  }

  private let limits: ConnectionLimits
  private let routes: ServedRoutes
  private var phase = Phase.head
  private var screen: HeadScreen
  /// What has come and was not handed on: bounded by a head and a read.
  private var pending = ByteBuffer()
  private var deadline: NIODeadline
  private var wantsRead = false
  private var isAdvancing = false
  private var context: ChannelHandlerContext?

  /// Bytes of a body that are read and dropped; endpoints want none.
  static let bodyBytes = 64 << 10
  /// How long a connection may rest between two requests.
  static let idleTime = TimeAmount.seconds(75)
  /// How long, and how much, a peer may go on after its last answer.
  static let lingerTime = TimeAmount.seconds(2)
  static let lingerBytes = 1 << 20

  init(_ limits: ConnectionLimits, _ routes: ServedRoutes) {
    self.limits = limits
    self.routes = routes
    screen = HeadScreen(headBytes: limits.headerBytes, fieldCount: limits.headerCount)
    deadline = .now() + TimeAmount(limits.headerTime)
  }

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    routes.sweeps.sweep(of: context.eventLoop).add(self)
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    routes.sweeps.sweep(of: context.eventLoop).remove(self)
    self.context = nil
  }

  /// What it has read too much is the next handler's.
  func removeHandler(context: ChannelHandlerContext, removalToken: ChannelHandlerContext.RemovalToken) {
    if pending.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(pending)) }
    if wantsRead { context.read() }
    context.leavePipeline(removalToken: removalToken)
  }

  func channelInactive(context: ChannelHandlerContext) {
    routes.sweeps.sweep(of: context.eventLoop).remove(self)
    context.fireChannelInactive()
  }

  // MARK: - Reading

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var bytes = unwrapInboundIn(data)
    if case .over(let room) = phase {
      phase = .over(room: room - bytes.readableBytes)
      if room < bytes.readableBytes { context.close(promise: nil) }
      return
    }
    if phase == .head, pending.readableBytes == 0 { deadline = .now() + TimeAmount(limits.headerTime) }
    if pending.readableBytes == 0 { pending = bytes } else { pending.writeBuffer(&bytes) }
    advance(context)
  }

  /// While the peer does not take its answers, it is not read: nothing piles up.
  func read(context: ChannelHandlerContext) {
    if context.channel.isWritable { context.read() } else { wantsRead = true }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable {
      advance(context)
      if wantsRead {
        wantsRead = false
        context.read()
      }
    }
    context.fireChannelWritabilityChanged()
  }

  /// Hands on what can be. The parser and `RequestHandler` act at once, and tell by `began` and `ended` what comes next.
  private func advance(_ context: ChannelHandlerContext) {
    guard !isAdvancing else { return }
    isAdvancing = true
    defer { isAdvancing = false }
    while pending.readableBytes > 0, context.channel.isWritable, step(context) {}
    if pending.readableBytes == 0 { pending.clear(minimumCapacity: 0) } else { pending.discardReadBytes() }
  }

  /// False: more bytes are needed, or none are wanted.
  private func step(_ context: ChannelHandlerContext) -> Bool {
    switch phase {
    case .head:
      switch screen.look(at: pending.readableBytesView) {
      case .more: return false
      case .refuse(let refusal, let kind):
        fail(refusal, kind, context)
        return false
      case .whole(let length):
        screen = HeadScreen(headBytes: limits.headerBytes, fieldCount: limits.headerCount)
        hand(on: length, context)
      }
    case .body(let left):
      // The parser tells the end of a body as soon as it has it; should it not, nothing may be taken for a new request.
      guard left > 0 else {
        fail(.notHTTP, nil, context)
        return false
      }
      let length = min(left, pending.readableBytes)
      phase = .body(left: left - length)
      hand(on: length, context)
    case .chunked(let room):
      // A chunked body ends with a LF: with pieces that end with one, nothing of the next request gets to the parser.
      let view = pending.readableBytesView
      let end = view.firstIndex(of: UInt8(ascii: "\n")).map { $0 - view.startIndex + 1 } ?? view.count
      guard end <= room else {
        fail(.bodyTooLarge, .body, context)
        return false
      }
      phase = .chunked(room: room - end)
      hand(on: end, context)
    case .over:
      pending.clear()
      return false
    case .leaving: return false
    }
    return true
  }

  private func hand(on length: Int, _ context: ChannelHandlerContext) {
    guard let piece = pending.readSlice(length: length) else { return }
    context.fireChannelRead(wrapInboundOut(piece))
  }

  private func fail(_ refusal: Refusal, _ kind: LimitKind?, _ context: ChannelHandlerContext) {
    if let kind { routes.counters.count(kind) }
    phase = .over(room: Self.lingerBytes)
    context.fireErrorCaught(refusal)
  }
}

// MARK: - What RequestHandler tells

extension RequestReader {
  /// A head was taken. False: its body is longer than is read; the connection must end with the answer.
  func began(_ body: RequestBody) -> Bool {
    deadline = .now() + TimeAmount(limits.headerTime)
    switch body {
    case .chunked: phase = .chunked(room: Self.bodyBytes)
    case .bytes(let count):
      phase = .body(left: count)
      if count > Self.bodyBytes { routes.counters.count(.body) }
      return count <= Self.bodyBytes
    }
    return true
  }

  /// The request is whole, and was answered.
  func ended() {
    guard phase != .leaving, !isOver else { return }
    phase = .head
    deadline = .now() + (pending.readableBytes > 0 ? TimeAmount(limits.headerTime) : Self.idleTime)
  }

  /// The connection becomes a subscriber's: what comes now is kept for the next handler.
  func leave() { phase = .leaving }

  /// The last answer is on its way: nothing more is read for its own sake.
  func finish() {
    phase = .over(room: Self.lingerBytes)
    deadline = .now() + Self.lingerTime
  }

  private var isOver: Bool { if case .over = phase { true } else { false } }
}

// MARK: - Time

extension RequestReader: SweptConnection {
  func sweep(at now: NIODeadline) {
    guard now >= deadline, phase != .leaving, let context else { return }
    let isIdle = phase == .head && pending.readableBytes == 0
    if isOver || isIdle || !context.channel.isWritable { return context.close(promise: nil) }
    fail(.timeout, .headerTime, context)
  }
}
