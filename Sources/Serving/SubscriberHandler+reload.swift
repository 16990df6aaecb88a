import Delivery
import DequeModule
import NIOCore
import Streams
import Wire

/// What a reload does to a subscriber: `follow` brings it from its endpoint to what has become of that.
///
/// ```
/// endpoint ─ updated ─▶ endpoint ─ moved ─▶ endpoint        its successor may have one, when reloads follow each other
/// ```
extension SubscriberHandler {
  /// Goes to the endpoint that is in force now.
  @discardableResult
  func follow() -> ConnectionFate {
    var fate = ConnectionFate.kept
    while !hasLeft, !isClosing, !isRetired, let succession = subscription.endpoint.succession {
      switch succession {
      case .updated(let endpoint):
        subscription.endpoint = endpoint
        apply(endpoint.settings)
      case .moved(let endpoint):
        subscription.endpoint = endpoint
        fate = .moved
        move()
      case .removed(let time):
        close(within: time)
        return .closed
      }
    }
    return fate
  }

  private func apply(_ settings: EndpointSettings) {
    guard let subscriber else { return }
    keepAlive.setInterval(settings.keepAlive, now: .now())
    incoming?.messageLimit = settings.publish.messageLimit
    let hasNoNotes = subscription.hasNoNotes
    lease.group.apply(
      slow: settings.slow, wantsHealth: settings.health && !hasNoNotes, closesOnGap: hasNoNotes, to: subscriber)
  }

  /// Closes it at a random moment; until then it goes on, and takes part in no further reload.
  private func close(within time: Duration) {
    isRetired = true
    guard time > .zero, let eventLoop = subscriber?.channel.eventLoop else { return end(.goingAway) }
    let wait = TimeAmount.nanoseconds(.random(in: 0...TimeAmount(time).nanoseconds))
    // One that has gone before is not kept until then.
    eventLoop.assumeIsolated().scheduleTask(in: wait) { [weak self] in self?.end(.goingAway) }
  }
}

// MARK: - Going over to another stream

extension SubscriberHandler {
  /// Leaves its group for that of its endpoint as soon as nothing is half sent. It is told a gap, as one who comes back.
  private func move() {
    guard !isMoving, let subscriber else { return }
    isMoving = true
    subscriber.detach { outbox in
      self.isMoving = false
      self.goOver(from: subscriber, outbox)
    }
  }

  private func goOver(from old: Subscriber, _ outbox: Deque<ByteBuffer>) {
    // The new stream is held before the old is let go: they may share what lives by its users.
    let before = (lease: lease, position: old.position)
    defer { before.lease.release() }
    subscription.resume = Resume(after: before.position)
    subscriber = nil
    before.lease.group.leave(old)
    do {
      lease = try subscription.endpoint.open(subscription.request)
    } catch {
      lease = StreamLease(group: before.lease.group)
      routes.troubles.tell(
        route: subscription.settings.path.text, (error as? Unavailable)?.reason ?? "\(error)")
      return finish(old, .goingAway)
    }
    let log = lease.group.log
    let hold = log.register(from: .zero)
    defer { log.unregister(hold) }
    let start = Start(subscription, lease)
    log.hold(hold, from: start.cursor.next)
    guard start.gap == nil || !subscription.hasNoNotes else { return old.channel.close(promise: nil) }
    guard join(start, old.coding, old.channel) else { return }
    apply(subscription.settings)
    send(rest: outbox)
  }

  /// Ends it in good order when there is no stream to go over to.
  private func finish(_ old: Subscriber, _ reason: EndReason) {
    isClosing = true
    var coding = old.coding
    old.channel.write(coding.end(reason, old.format, after: retry), promise: nil)
    Farewell.say(on: old.channel)
  }
}
