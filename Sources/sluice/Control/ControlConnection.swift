import NIOCore

/// A client of the control socket: one line, one answer, and it is closed. Owned by one event loop.
///
/// A client that takes its time or says too much is closed without an answer.
final class ControlConnection: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let answer: @Sendable (ControlRequest) async -> ControlAnswer
  /// What has come of the request; `nil` when it is complete.
  private var line: ByteBuffer? = ByteBuffer()
  private var deadline: Scheduled<Void>?

  /// How long a client has for its request, and how long for taking the answer.
  static let patience = TimeAmount.seconds(10)

  /// `answer` is called once, on no event loop.
  init(answer: @escaping @Sendable (ControlRequest) async -> ControlAnswer) { self.answer = answer }

  func channelActive(context: ChannelHandlerContext) {
    deadline = ControlReply(channel: context.channel).closeLater()
    context.fireChannelActive()
  }

  func channelInactive(context: ChannelHandlerContext) {
    deadline?.cancel()
    context.fireChannelInactive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard var line else { return context.close(promise: nil) }
    var bytes = unwrapInboundIn(data)
    line.writeBuffer(&bytes)
    guard let length = line.readableBytesView.firstIndex(of: UInt8(ascii: "\n")).map({ $0 - line.readerIndex }) else {
      self.line = line
      if line.readableBytes > ControlRequest.maximumBytes { context.close(promise: nil) }
      return
    }
    self.line = nil
    deadline?.cancel()
    guard length <= ControlRequest.maximumBytes, let text = line.readString(length: length) else {
      return context.close(promise: nil)
    }
    ControlReply(channel: context.channel).send(to: text, by: answer)
  }

  /// A client that has said all it has to say still gets its answer; one that said nothing gets none.
  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if line != nil, event as? ChannelEvent == .inputClosed { return context.close(promise: nil) }
    context.fireUserInboundEventTriggered(event)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

/// The way of one answer to its client.
private struct ControlReply: Sendable {
  let channel: any Channel

  /// Answers a line, however long that takes.
  func send(to line: String, by answer: @escaping @Sendable (ControlRequest) async -> ControlAnswer) {
    guard let request = ControlRequest(line: line) else {
      return end(ControlAnswer(status: ExitStatus.usage.rawValue, "the server does not understand '\(line)'"))
    }
    Task { end(await answer(request)) }
  }

  /// Sends it and closes, also if the client does not take it.
  private func end(_ answer: ControlAnswer) {
    let deadline = closeLater()
    channel.writeAndFlush(ByteBuffer(bytes: answer.bytes)).whenComplete { _ in
      deadline.cancel()
      channel.close(promise: nil)
    }
  }

  func closeLater() -> Scheduled<Void> {
    channel.eventLoop.scheduleTask(in: ControlConnection.patience) { channel.close(promise: nil) }
  }
}
