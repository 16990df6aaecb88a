import NIOCore
import Streams
import Wire

/// A group's subscribers on one event loop: reads the log once for all of them.
///
/// ```
/// Group.publish ─ append ─▶ log
///        └─ wake (one hop, at most once a turn) ─▶ pump: read the log ─▶ a wave a wire format ─▶ every subscriber
/// ```
/// Owned by its event loop.
final class FanOut {
  let log: StreamLog
  let counters: DeliveryCounters
  private let group: Group
  let compressors: SharedCompressors
  private let eventLoop: any EventLoop
  private let reader: StreamLog.ReaderID
  /// Behind the last message that was pumped; never decreases.
  private(set) var cursor: Cursor
  /// Messages handed to sockets since the last count.
  var delivered = 0

  private var subscribers: [Subscriber] = []
  /// Polls that wait at the log's end.
  private var polls: [PollWaiter] = []
  private var isPumping = false
  private var hasDeparted = false
  private var isFinished = false
  /// How many subscribers wait for their socket, and the lowest cursor among them since the last sweep.
  private var waiting = 0
  private var floor: Offset
  private var sweep: Scheduled<Void>?
  /// Sources wait for a subscriber here.
  private(set) var holdsSources = false
  private var holdCheck: Scheduled<Void>?

  /// The most payload bytes read from the log in one turn; the rest waits for the next, so that sockets are read too.
  private static let turnBytes = 1 << 20
  /// How often waiting subscribers are judged.
  private static let sweepInterval = TimeAmount.seconds(1)
  /// How often it is looked whether sources may go on.
  private static let holdInterval = TimeAmount.milliseconds(2)

  init(_ group: Group, on eventLoop: any EventLoop) {
    self.group = group
    compressors = group.compressors
    self.eventLoop = eventLoop
    log = group.log
    counters = group.counters
    reader = log.register()
    cursor = log.end
    floor = cursor.next
  }

  var isEmpty: Bool { subscribers.isEmpty && polls.isEmpty }
}

// MARK: - Polls

extension FanOut {
  /// Answers a poll at once if the log has something for it; else it waits.
  func add(_ poll: PollWaiter) {
    var page: PollPage?
    poll.look(in: log, &page)
    if !poll.isAnswered { polls.append(poll) }
  }

  func remove(_ poll: PollWaiter) { polls.removeAll { $0 === poll } }

  /// Answers the polls that wait, with one page for all who wait at the same place.
  private func answerPolls() {
    guard !polls.isEmpty else { return }
    var page: PollPage?
    for poll in polls { poll.look(in: log, &page) }
    polls.removeAll(where: \.isAnswered)
  }
}

// MARK: - Members

extension FanOut {
  /// A newcomer may be ahead of the fan-out, at the log's end: it reads on by itself when the next wave begins before it. So
  /// nobody else is sent anything when one joins.
  func add(_ subscriber: Subscriber) {
    subscriber.slot = subscribers.count
    subscribers.append(subscriber)
    subscriber.joined(self)
    floor = min(floor, subscriber.cursor.next)
    log.hold(reader, from: floor)
  }

  func remove(_ subscriber: Subscriber) {
    guard !subscriber.hasLeft, subscriber.slot < subscribers.count, subscribers[subscriber.slot] === subscriber else {
      return
    }
    subscriber.left()
    if isPumping { hasDeparted = true } else { drop(subscriber.slot) }
  }

  private func drop(_ slot: Int) {
    let last = subscribers.removeLast()
    guard slot < subscribers.count else { return }
    subscribers[slot] = last
    last.slot = slot
  }

  private func dropDeparted() {
    guard hasDeparted else { return }
    hasDeparted = false
    for slot in subscribers.indices.reversed() where subscribers[slot].hasLeft {
      drop(slot)
    }
    // Not here and now: whoever called goes on with this fan-out.
    let (group, eventLoop) = (group, eventLoop)
    if isEmpty { eventLoop.execute { group.retireFanOut(on: eventLoop) } }
  }

  func tell(_ health: Health) {
    forEach { $0.tell(health) }
  }

  func end(_ reason: EndReason) {
    forEach { $0.end(reason) }
    for poll in polls { poll.expire() }
    polls = []
  }

  /// Lets the log's hold go; the fan-out is done.
  func retire() {
    sweep?.cancel()
    holdCheck?.cancel()
    log.unregister(reader)
  }

  /// Calls for each subscriber; one that goes meanwhile is dropped afterwards.
  private func forEach(_ body: (Subscriber) -> Void) {
    let isOutermost = !isPumping
    isPumping = true
    var index = 0
    while index < subscribers.count {
      body(subscribers[index])
      index += 1
    }
    guard isOutermost else { return }
    isPumping = false
    dropDeparted()
  }
}

// MARK: - Pumping

extension FanOut {
  /// Reads what is new and sends it to every subscriber that can take it. Returns where the log has been pumped to.
  func pump() {
    let holding = waiting == 0 ? cursor.next : min(floor, cursor.next)
    let reading = log.read(from: cursor, maxBytes: Self.turnBytes, reader: reader, holding: holding)
    cursor = reading.to
    isFinished = reading.isFinished && reading.isAtEnd
    if waiting == 0 { floor = cursor.next }
    if !reading.chunks.isEmpty { send(reading) }
    countDelivered()
    if !reading.chunks.isEmpty || isFinished { answerPolls() }
    judgeHold()
    if !reading.isAtEnd {
      group.wake(eventLoop)
    } else {
      settle()
    }
  }

  /// Also what those got who have caught up since the last pump.
  private func countDelivered() {
    guard delivered > 0 else { return }
    counters.countDelivered(delivered)
    delivered = 0
  }

  private func send(_ reading: StreamLog.Reading) {
    let waves = Waves(reading, of: log, compressors)
    forEach { subscriber in
      if !subscriber.isWaiting, !subscriber.isDone { subscriber.pump(waves) }
    }
  }

  /// One subscriber goes on in a later turn; meanwhile the log keeps what it is to read.
  func pumpLater(_ subscriber: Subscriber) {
    beginWaiting(at: subscriber.cursor)
    let later = NIOLoopBound((self, subscriber), eventLoop: eventLoop)
    eventLoop.execute {
      let (fanOut, subscriber) = later.value
      fanOut.endWaiting()
      subscriber.pump(nil)
      fanOut.settle()
    }
  }

  /// When nobody waits: asks a source that is pulled for more, and ends the streams of a log that is finished.
  private func settle() {
    guard isFinished || group.pull != nil, waiting == 0,
      subscribers.allSatisfy({ $0.isDone || $0.cursor.next >= cursor.next })
    else { return }
    if isFinished {
      end(.endOfStream)
    } else {
      group.pull?()
    }
  }
}

// MARK: - Waiting

extension FanOut {
  func beginWaiting(at cursor: Cursor) {
    waiting += 1
    floor = min(floor, cursor.next)
    guard sweep == nil else { return }
    scheduleSweep()
  }

  func endWaiting() {
    waiting -= 1
    guard waiting == 0, isFinished || group.pull != nil else { return }
    let later = NIOLoopBound(self, eventLoop: eventLoop)
    eventLoop.execute { later.value.settle() }
  }

  private func scheduleSweep() {
    let later = NIOLoopBound(self, eventLoop: eventLoop)
    sweep = eventLoop.scheduleTask(in: Self.sweepInterval) { later.value.runSweep() }
  }

  /// Judges those who wait, and moves the hold to the lowest cursor that is left.
  private func runSweep() {
    sweep = nil
    forEach { subscriber in
      if subscriber.isWaiting, !subscriber.isDone { subscriber.obeyPolicy() }
    }
    floor = subscribers.reduce(cursor.next) { $1.isDone ? $0 : min($0, $1.cursor.next) }
    log.hold(reader, from: floor)
    if waiting > 0 { scheduleSweep() }
  }
}

// MARK: - Holding sources back

extension FanOut {
  /// Looks whether a subscriber that is behind is to be waited for, and looks again soon while it is.
  private func judgeHold() {
    guard waiting > 0 || holdsSources else { return }
    let now = NIODeadline.now()
    let end = log.end
    holdsSources = false
    forEach { if $0.holdsSources(at: now, end: end) { holdsSources = true } }
    group.noteHold(holdsSources, on: eventLoop)
    guard holdsSources, holdCheck == nil else { return }
    let later = NIOLoopBound(self, eventLoop: eventLoop)
    holdCheck = eventLoop.scheduleTask(in: Self.holdInterval) {
      later.value.holdCheck = nil
      later.value.judgeHold()
    }
  }
}
