import Delivery
import NIOCore
import NIOHTTP1
import Streams
import Wire

/// A poll that is being answered: joins the group for one page, and makes the response of it.
///
/// Owned by the connection's event loop. `respond` is called once, unless `cancel` comes before it.
final class PendingPoll {
  private let subscription: Subscription
  private let lease: StreamLease
  private let start: Start
  private let target: String
  private let respond: (PollResponse) -> Void
  private var waiter: PollWaiter?
  private var timeout: Scheduled<Void>?

  /// How long a group that only its users keep outlives a poll, so that the next one finds it.
  static let linger = TimeAmount.seconds(60)
  /// How long a poll of a stream that is read only for it waits for the first reading, also when it would not wait.
  static let readingSeconds = 5

  init(
    _ subscription: Subscription, _ lease: StreamLease, target: String, respond: @escaping (PollResponse) -> Void
  ) {
    self.subscription = subscription
    self.lease = lease
    self.target = target
    self.respond = respond
    start = Start(subscription, lease)
  }

  /// Waits at most `seconds` for something new; a gap is something new.
  func begin(on eventLoop: any EventLoop, waiting seconds: Int) {
    let waiter = PollWaiter(on: eventLoop, from: start.cursor) { self.finish($0, on: eventLoop) }
    self.waiter = waiter
    lease.group.join(waiter)
    let limit = start.gap != nil ? 0 : lease.isPrivate ? max(seconds, Self.readingSeconds) : seconds
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

  private func finish(_ page: PollPage, on eventLoop: any EventLoop) {
    guard let waiter else { return }
    leave(waiter, delivered: page.count)
    respond(PollResponse(subscription, start, page, epoch: lease.group.log.epoch, target: target))
  }

  private func leave(_ waiter: PollWaiter, delivered: Int) {
    self.waiter = nil
    timeout?.cancel()
    waiter.cancel()
    lease.group.leave(waiter, delivered: delivered)
    guard lease.hasLinger else { return lease.release() }
    waiter.eventLoop.scheduleTask(in: Self.linger) { [release = lease.release] in release() }
  }
}
