import Delivery
import NIOCore
import NIOHTTP1
import Streams
import Wire

/// A poll that is being answered: joins the group for one page, and makes the response of it.
///
/// Owned by the connection's event loop. `begin`'s `respond` is called once, in a turn of its own, unless `cancel` comes before it.
final class PendingPoll {
  let subscription: Subscription
  private let lease: StreamLease
  private let start: Start
  private let target: String
  private let onEnd: () -> Void
  private var waiter: PollWaiter?
  private var timeout: Scheduled<Void>?

  /// How long a group that only its users keep outlives a poll, so that the next one finds it.
  static let linger = TimeAmount.seconds(60)
  /// How long a poll of a stream that is read only for it waits for the first reading, also when it would not wait.
  static let readingSeconds = 5

  /// `onEnd` is called once, answered or not.
  init(_ subscription: Subscription, _ lease: StreamLease, target: String, onEnd: @escaping () -> Void) {
    self.subscription = subscription
    self.lease = lease
    self.target = target
    self.onEnd = onEnd
    start = Start(subscription, lease)
  }

  /// Waits at most `seconds` for something new; a gap is something new.
  func begin(on eventLoop: any EventLoop, waiting seconds: Int, respond: @escaping (PollResponse) -> Void) {
    let waiter = PollWaiter(on: eventLoop, from: start.cursor) { page in
      guard let response = self.finish(page) else { return }
      respond(response)
    }
    self.waiter = waiter
    lease.group.join(waiter)
    let limit =
      start.gap != nil || start.snapshot != nil ? 0 : lease.isPrivate ? max(seconds, Self.readingSeconds) : seconds
    guard limit > 0 else { return waiter.expire() }
    let later = NIOLoopBound(waiter, eventLoop: eventLoop)
    timeout = eventLoop.scheduleTask(in: .seconds(Int64(limit))) { later.value.expire() }
  }

  /// The server ends: answers with nothing, at once.
  func hurry() { waiter?.expire() }

  /// The connection is gone.
  func cancel() {
    guard let waiter else { return }
    leave(waiter, delivered: 0)
  }

  private func finish(_ page: PollPage) -> PollResponse? {
    guard let waiter else { return nil }
    leave(waiter, delivered: page.count)
    return PollResponse(subscription, start, page, epoch: lease.group.log.epoch, target: target)
  }

  private func leave(_ waiter: PollWaiter, delivered: Int) {
    self.waiter = nil
    timeout?.cancel()
    waiter.cancel()
    lease.group.leave(waiter, delivered: delivered)
    onEnd()
    guard lease.hasLinger else { return lease.release() }
    waiter.eventLoop.scheduleTask(in: Self.linger) { [release = lease.release] in release() }
  }
}
