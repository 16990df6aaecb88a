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

  /// Asks every connection to end; returns when all are gone or `grace` is over.
  package func shutDown(_ reason: EndReason, grace: Duration) async {
    let open = channels.withLock { Array($0.values) }
    for channel in open { channel.pipeline.fireUserInboundEventTriggered(Shutdown(reason: reason)) }
    let deadline = ContinuousClock.now + grace
    while count > 0, ContinuousClock.now < deadline { try? await Task.sleep(for: .milliseconds(10)) }
    for channel in channels.withLock({ Array($0.values) }) { channel.close(promise: nil) }
  }
}
