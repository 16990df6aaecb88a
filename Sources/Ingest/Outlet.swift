import Delivery
import Logging
import NIOCore
import Streams
import Synchronization

/// Where a source's messages and its health go: the sinks it feeds.
package final class Outlet: Sendable {
  package let source: String
  package let logger: Logger

  private let state: Mutex<State>
  private let messages = Atomic<Int>(0)
  private let bytes = Atomic<Int>(0)
  private let tooLong = Atomic<Int>(0)
  private let incomplete = Atomic<Int>(0)
  private let failures = Atomic<Int>(0)
  private let published = Atomic<UInt64>(0)
  private let isStalled = Atomic<Bool>(false)

  private struct State {
    var sinks: [any Sink] = []
    var health: Health
    var droppedLog = DroppedLog()
  }

  /// Payload bytes that an event loop may be behind before a source waits: 1 MiB.
  package static let backlogLimit = 1 << 20

  /// What a source has brought and dropped since it was made.
  package struct Counters: Equatable, Sendable {
    /// Messages published.
    package var messages: Int
    /// Their payload bytes.
    package var bytes: Int
    /// Messages dropped because they were longer than `max_message`.
    package var tooLong: Int
    /// Messages dropped because their connection ended within them.
    package var incomplete: Int
    /// How often the source has failed and was to be started again.
    package var failures: Int
  }

  /// An outlet that feeds nothing yet.
  package init(source name: String, logger: Logger) {
    source = name
    self.logger = logger
    state = Mutex(State(health: Health(source: name, state: .stopped, reason: "it has not been started")))
  }

  package var counters: Counters {
    Counters(
      messages: messages.load(ordering: .relaxed), bytes: bytes.load(ordering: .relaxed),
      tooLong: tooLong.load(ordering: .relaxed), incomplete: incomplete.load(ordering: .relaxed),
      failures: failures.load(ordering: .relaxed))
  }

  /// How the source does.
  package var health: Health { state.withLock { $0.health } }

  /// What gets what is published from now on.
  package var sinks: [any Sink] { state.withLock { $0.sinks } }

  /// Feeds these sinks from now on; those that it did not feed before are told the source's health.
  package func setSinks(_ sinks: [any Sink]) {
    let (health, before) = state.withLock { state in
      defer { state.sinks = sinks }
      return (state.health, Set(state.sinks.map { ObjectIdentifier($0) }))
    }
    for sink in sinks where !before.contains(ObjectIdentifier(sink)) { sink.announce(health) }
  }

  /// Publishes to all sinks, and returns when none of them has more than `backlogLimit` to give out or holds sources back;
  /// at once when it is in a hurry: when the task is cancelled, unless it is told otherwise.
  package func publish(_ batch: Batch, unless hurries: @Sendable () -> Bool = { Task.isCancelled }) async {
    guard !batch.isEmpty else { return }
    let sinks = self.sinks
    published.store(NIODeadline.now().uptimeNanoseconds, ordering: .relaxed)
    messages.add(batch.count, ordering: .relaxed)
    bytes.add(batch.bytes.count, ordering: .relaxed)
    if isStalled.load(ordering: .relaxed) { report(.running, "messages come again") }
    for sink in sinks { sink.publish(batch) }
    while !hurries(), sinks.contains(where: { $0.mustWait(limit: Self.backlogLimit) }) {
      try? await Task.sleep(for: .milliseconds(1))
    }
  }

  /// When something was last published.
  var lastPublished: NIODeadline {
    let nanoseconds = published.load(ordering: .relaxed)
    return nanoseconds == 0 ? .distantPast : .uptimeNanoseconds(nanoseconds)
  }
}

// MARK: - Health

extension Outlet {
  /// Tells the sinks and the log how the source does, if that has changed.
  package func report(_ newState: Health.State, _ reason: String) {
    report(newState, reason, level: newState == .starting || newState == .stalled ? .warning : .info)
  }

  func report(_ newState: Health.State, _ reason: String, level: Logger.Level) {
    let health = Health(source: source, state: newState, reason: reason)
    let sinks: [any Sink]? = state.withLock { state in
      guard state.health != health else { return nil }
      state.health = health
      return state.sinks
    }
    guard let sinks else { return }
    isStalled.store(newState == .stalled, ordering: .relaxed)
    for sink in sinks { sink.announce(health) }
    logger.log(level: level, "source '\(source)': \(reason)")
  }

  /// Tells that nothing has come for too long, if the source is thought to run.
  func reportStalled(_ reason: String) {
    if health.state == .running { report(.stalled, reason) }
  }

  /// The source has failed once more.
  func countFailure() { failures.add(1, ordering: .relaxed) }

  /// Messages that a framer has dropped; logged once, then summed up once a minute.
  func countDropped(_ drops: FramerDrops, maxMessage: Int) {
    incomplete.add(drops.incomplete, ordering: .relaxed)
    guard drops.tooLong > 0 else { return }
    tooLong.add(drops.tooLong, ordering: .relaxed)
    let told = state.withLock { $0.droppedLog.add(drops.tooLong, at: .now()) }
    guard let told else { return }
    let what = told == 1 ? "a message that was" : "\(told) messages that were"
    logger.warning("source '\(source)': dropped \(what) longer than max_message, \(maxMessage) bytes")
  }
}

/// When to tell of dropped messages: of the first at once, of later ones at most once a minute, together.
struct DroppedLog {
  private var untold = 0
  private var lastTold: NIODeadline?

  static let interval = TimeAmount.minutes(1)

  /// How many to tell of now; nil: none.
  mutating func add(_ count: Int, at now: NIODeadline) -> Int? {
    untold += count
    if let lastTold, now - lastTold < Self.interval { return nil }
    lastTold = now
    defer { untold = 0 }
    return untold
  }
}
