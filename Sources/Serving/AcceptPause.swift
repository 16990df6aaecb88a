import NIOCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Lets a listening socket rest for a moment when it cannot accept, because descriptors or memory have run out.
///
/// The socket stays readable, and would be found so at once, again and again. NIO's own `AcceptBackoffHandler` delays
/// the next `read`, but after an error the one before is still pending: only to stop reading takes the socket out of
/// the selector. Owned by the listener's event loop.
final class AcceptPause: ChannelInboundHandler {
  typealias InboundIn = any Channel

  private let counters: LimitCounters
  private var isResting = false

  /// How long accepting rests.
  static let time = TimeAmount.milliseconds(100)

  init(_ counters: LimitCounters) { self.counters = counters }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // A peer that has gone before it was accepted is no reason.
    guard let error = error as? IOError, error.errnoCode != ECONNABORTED else { return }
    counters.count(.descriptors)
    guard !isResting else { return }
    isResting = true
    try? context.channel.syncOptions?.setOption(.autoRead, value: false)
    context.eventLoop.assumeIsolated().scheduleTask(in: Self.time) {
      self.isResting = false
      try? context.channel.syncOptions?.setOption(.autoRead, value: true)
    }
  }
}
