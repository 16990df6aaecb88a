import NIOCore
import Streams
import Synchronization
import Wire

/// A named stream inside the server: a log, and a fan-out for each event loop that has subscribers.
package final class Group: Sink {
  package let name: String
  package let log: StreamLog
  package let counters = DeliveryCounters()
  /// Subscribers here, and sinks with demand that are fed from here.
  package let demand = DemandGauge()
  /// For subscribers who read it compressed.
  let compressors = SharedCompressors()
  /// Gives messages their keys, where the log keeps the newest of each.
  private let keying: Mutex<Keying?>
  /// Asked for more when all subscribers have what there is: for a stream that only flows as fast as it is read.
  let pull: (@Sendable () -> Void)?

  private let members = Mutex(Members())
  private let subscriberCount = Atomic<Int>(0)

  private struct Members {
    var fanOuts: [FanOutHandle] = []
    var health: [String: Health] = [:]
    /// Sinks that get every batch as well.
    var taps: [Tap] = []
  }

  package init(name: String, log: StreamLog, keying: Keying? = nil, pull: (@Sendable () -> Void)? = nil) {
    self.name = name
    self.log = log
    self.keying = Mutex(keying)
    self.pull = pull
  }

  package convenience init(name: String, _ settings: GroupPool.Settings) {
    let log = StreamLog(history: settings.history, holdLimit: settings.holdLimit)
    self.init(name: name, log: log, keying: settings.keying)
  }

  /// Goes on with other settings. With other keys those of the messages before are forgotten.
  package func apply(_ settings: GroupPool.Settings) {
    let hasOtherKeys = keying.withLock { keying in
      defer { keying = settings.keying }
      return keying != settings.keying
    }
    log.setBounds(history: settings.history, holdLimit: settings.holdLimit, forgetsKeys: hasOtherKeys)
  }

  package var subscribers: Int { subscriberCount.load(ordering: .relaxed) }

}

// MARK: - Publishing

extension Group {
  /// Appends the batch to the log and wakes the fan-outs. From any thread.
  package func publish(_ batch: Batch, first: Offset?) {
    let batch = keying.withLock { $0 }?.label(batch) ?? batch
    guard let chunk = log.append(batch) else { return }
    counters.countPublished(batch.count)
    let (fanOuts, taps) = members.withLock { ($0.fanOuts, $0.taps) }
    for fanOut in fanOuts { fanOut.wake() }
    for tap in taps { tap.sink.publish(batch, first: chunk.first) }
  }

  func add(_ tap: Tap) { members.withLock { $0.taps.append(tap) } }

  func removeTap(_ isMeant: (Tap) -> Bool) { members.withLock { $0.taps.removeAll(where: isMeant) } }

  /// No more will come: subscribers get what is left and are closed in good order.
  package func finish() {
    log.finish()
    for fanOut in members.withLock({ $0.fanOuts }) { fanOut.wake() }
  }

  /// Tells a source's health to the subscribers who asked for it, and to those who join while it is not running.
  package func announce(_ health: Health) {
    let (isNews, fanOuts, taps) = members.withLock { members in
      let isNews = members.health[health.source]?.state != health.state && health.state != .removed
      members.health[health.source] = health.state == .removed ? nil : health
      return (isNews, members.fanOuts, members.taps)
    }
    if isNews { for fanOut in fanOuts { fanOut.run { $0.tell(health) } } }
    for tap in taps { tap.sink.announce(health) }
  }

  /// How the sources do that feed it, as far as they have said so.
  package var health: [Health] { members.withLock { Array($0.health.values) } }

  /// Closes all subscribers.
  package func close(_ reason: EndReason) {
    for fanOut in members.withLock({ $0.fanOuts }) { fanOut.run { $0.end(reason) } }
  }

  /// Payload bytes that the slowest event loop has not pumped yet. A source waits while it is large: a feed is read as fast
  /// as the server can give it out, never faster. Slow subscribers do not count.
  package var backlog: Int { backlog(members.withLock { $0.fanOuts }) }

  private func backlog(_ fanOuts: [FanOutHandle]) -> Int {
    guard let slowest = fanOuts.lazy.map({ $0.pumped.load(ordering: .relaxed) }).min() else { return 0 }
    let end = log.end.position
    return Int(end - min(end, slowest))
  }

  /// An event loop has more than `limit` payload bytes to pump, or a subscriber that may hold sources back is far behind.
  package func mustWait(limit: Int) -> Bool {
    let (fanOuts, taps) = members.withLock { ($0.fanOuts, $0.taps) }
    return fanOuts.contains { $0.holdsSources.load(ordering: .relaxed) } || backlog(fanOuts) > limit
      || taps.contains { $0.sink.mustWait(limit: limit) }
  }

  /// Shared compressors that rest give their memory back: called while others have none.
  package func yieldCompressors(at now: NIODeadline) { compressors.yield(at: now) }

  func noteHold(_ isHolding: Bool, on eventLoop: any EventLoop) {
    let handle = members.withLock { members in members.fanOuts.first { $0.eventLoop === eventLoop } }
    handle?.holdsSources.store(isHolding, ordering: .relaxed)
  }

  func wake(_ eventLoop: any EventLoop) {
    members.withLock { members in members.fanOuts.first { $0.eventLoop === eventLoop } }?.wake()
  }
}

// MARK: - Subscribing

extension Group {
  /// Adds a subscriber; call on its event loop. `make` gets the log and may refuse with `nil`.
  /// `compression`: how it is compressed for all, if the subscriber's format is of that kind.
  package func join(
    on eventLoop: any EventLoop, compression: (Compression, CompressionBudget)? = nil,
    _ make: (StreamLog) -> Subscriber?
  ) -> Subscriber? {
    eventLoop.assertInEventLoop()
    let handle = handle(on: eventLoop)
    let fanOut = handle.fanOut(of: self)
    guard let subscriber = make(log) else {
      retireIfEmpty(handle, fanOut)
      return nil
    }
    precondition(subscriber.format.isShared == (compression != nil), "a shared format has settings, no other has")
    if let (settings, budget) = compression { compressors.of(subscriber.format)?.enter(settings, budget) }
    fanOut.add(subscriber)
    subscriberCount.add(1, ordering: .relaxed)
    demand.change(by: 1)
    subscriber.pump(nil)
    if subscriber.wantsHealth { tellTroubles(to: subscriber) }
    handle.wake()
    return subscriber
  }

  private func handle(on eventLoop: any EventLoop) -> FanOutHandle {
    members.withLock { members in
      if let known = members.fanOuts.first(where: { $0.eventLoop === eventLoop }) { return known }
      let made = FanOutHandle(eventLoop)
      members.fanOuts.append(made)
      return made
    }
  }

  /// Adds a poll; call on its event loop. It counts as a subscriber until it leaves.
  package func join(_ poll: PollWaiter) {
    poll.eventLoop.assertInEventLoop()
    let handle = handle(on: poll.eventLoop)
    let fanOut = handle.fanOut(of: self)
    subscriberCount.add(1, ordering: .relaxed)
    demand.change(by: 1)
    fanOut.add(poll)
    handle.wake()
  }

  /// Takes a poll away, answered or not; call on its event loop, once. `delivered`: how many messages it got.
  package func leave(_ poll: PollWaiter, delivered: Int) {
    counters.countDelivered(delivered)
    if let handle = members.withLock({ $0.fanOuts.first { $0.eventLoop === poll.eventLoop } }) {
      let fanOut = handle.fanOut(of: self)
      fanOut.remove(poll)
      retireIfEmpty(handle, fanOut)
    }
    subscriberCount.subtract(1, ordering: .relaxed)
    demand.change(by: -1)
  }

  /// A subscriber goes on with other settings; call on its event loop.
  package func apply(slow: SlowConsumerPolicy, wantsHealth: Bool, closesOnGap: Bool, to subscriber: Subscriber) {
    let isNews = wantsHealth && !subscriber.wantsHealth
    subscriber.apply(slow: slow, wantsHealth: wantsHealth, closesOnGap: closesOnGap)
    if isNews { tellTroubles(to: subscriber) }
  }

  /// Tells of the sources that do not run.
  private func tellTroubles(to subscriber: Subscriber) {
    for one in members.withLock({ $0.health.values.filter { $0.state != .running } }) { subscriber.tell(one) }
  }

  /// Takes a subscriber away; call on its event loop, once.
  package func leave(_ subscriber: Subscriber) {
    let eventLoop = subscriber.channel.eventLoop
    guard let handle = members.withLock({ $0.fanOuts.first { $0.eventLoop === eventLoop } }) else { return }
    let fanOut = handle.fanOut(of: self)
    fanOut.remove(subscriber)
    compressors.of(subscriber.format)?.leave()
    retireIfEmpty(handle, fanOut)
    subscriberCount.subtract(1, ordering: .relaxed)
    demand.change(by: -1)
  }

  /// Lets a loop's fan-out go when it has no subscribers any more; call on the loop.
  func retireFanOut(on eventLoop: any EventLoop) {
    guard let handle = members.withLock({ $0.fanOuts.first { $0.eventLoop === eventLoop } }) else { return }
    retireIfEmpty(handle, handle.fanOut(of: self))
  }

  /// A loop without subscribers costs a publish nothing.
  private func retireIfEmpty(_ handle: FanOutHandle, _ fanOut: FanOut) {
    guard fanOut.isEmpty else { return }
    members.withLock { members in members.fanOuts.removeAll { $0 === handle } }
    handle.retire()
  }
}
