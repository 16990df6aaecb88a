import NIOCore

/// A connection for which there is no room: it is told so, whatever it asks, and closed. A moment later it is gone.
///
/// Owned by the connection's event loop.
final class RefusedConnection: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let answer: ByteBuffer
  private var room = 64 << 10

  /// How long the peer has to read the answer and close.
  static let time = TimeAmount.seconds(1)

  init(_ refusal: Refusal, date: String) {
    answer = ResponseHead.refuse(refusal, keepAlive: false, isHead: false, date: date)
  }

  func channelActive(context: ChannelHandlerContext) {
    context.writeAndFlush(wrapOutboundOut(answer), promise: nil)
    // What it has asked is read and dropped: a close with bytes unread would reset the connection, and the answer with it.
    context.close(mode: .output, promise: nil)
    context.eventLoop.scheduleTask(in: Self.time) { [channel = context.channel] in channel.close(promise: nil) }
    context.fireChannelActive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    room -= unwrapInboundIn(data).readableBytes
    if room < 0 { context.close(promise: nil) }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
