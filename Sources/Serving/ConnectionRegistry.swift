import NIOCore
import Synchronization
import Wire

/// The connections there are: counted, and reached when the server goes away.
package final class ConnectionRegistry: Sendable {
  private let channels = Mutex<[ObjectIdentifier: any Channel]>([:])

  /// Tells a connection that the server ends it in good order.
  struct Shutdown: Sendable {
    var reason: EndReason
  }

  package var count: Int { channels.withLock { $0.count } }

  func add(_ channel: any Channel) {
    let id = ObjectIdentifier(channel)
    channels.withLock { $0[id] = channel }
    channel.closeFuture.whenComplete { _ in self.channels.withLock { $0[id] = nil } }
  }

  /// Asks every connection to end; returns when all are gone or `grace` is over, which closes the rest.
  ///
  /// Many are asked one after the other, at random, so that their clients do not all come back at once: a millisecond for
  /// each, and no longer than most of `grace`.
  package func shutDown(_ reason: EndReason, grace: Duration) async {
    let deadline = ContinuousClock.now + grace
    let open = channels.withLock { Array($0.values) }.shuffled()
    let spread = min(TimeAmount.milliseconds(Int64(open.count)), TimeAmount(grace * 0.8))
    for (index, channel) in open.enumerated() {
      let wait = TimeAmount.nanoseconds(spread.nanoseconds * Int64(index) / Int64(open.count))
      channel.eventLoop.scheduleTask(in: wait) {
        channel.pipeline.fireUserInboundEventTriggered(Shutdown(reason: reason))
      }
    }
    while count > 0, ContinuousClock.now < deadline { try? await Task.sleep(for: .milliseconds(10)) }
    for channel in channels.withLock({ Array($0.values) }) { channel.close(promise: nil) }
  }
}
