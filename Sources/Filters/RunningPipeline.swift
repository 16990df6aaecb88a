import Delivery
import DequeModule
import Logging
import NIOCore
import Streams
import Synchronization

/// A pipeline that runs in front of sinks: batches come from any thread and go on in the order they came.
///
/// ```
/// publish ─▶ inbox ─▶ [the first who comes works until the inbox is empty] ─▶ pipeline ─▶ sinks
///   timer ──────┘
/// ```
/// No lock is held while the pipeline works: whoever works has taken it out, and all others only leave their work.
package final class RunningPipeline: Sink {
  package let demand = DemandGauge()
  private let state: Mutex<State>
  private let timers: any EventLoop
  private let troubles: FilterTroubles
  private let closeSource: @Sendable (String) -> Void
  private let name: String
  private let logger: Logger

  private enum Work: Sendable {
    case batch(Batch, first: Offset?)
    /// What came at an earlier time, in nanoseconds of `Moment.uptime`.
    case earlier(Batch, at: Int64)
    case health(Health)
    case tick
    case replace(@Sendable (Pipeline) -> Pipeline)
    case answer(FilterAnswer)
    case finish

    /// Payload bytes.
    var bytes: Int {
      switch self {
      case .batch(let batch, _), .earlier(let batch, _): batch.bytes.count
      case .answer(let answer): answer.bytes
      default: 0
      }
    }
  }

  private struct State {
    /// `nil`: somebody works, or it has not begun.
    var pipeline: Pipeline?
    /// Until it begins.
    var held: Pipeline?
    /// Where the batches of the group that feeds it start: what is before it has read from the group's log.
    var start = Offset.zero
    var inbox: Deque<Work> = []
    /// Payload bytes in the inbox.
    var bytes = 0
    var sinks: [any Sink]
    var links: [DemandLink] = []
    /// Filters that work beside the pipeline.
    var answering: [any AnsweringFilter] = []
    /// When the timer goes off, in nanoseconds of `Moment.uptime`.
    var timer: Int64?
  }

  /// - Parameters:
  ///   - name: what the log calls its owner: `route '/stocks'`.
  ///   - isHeld: whether batches only gather until `begin` is called.
  ///   - timers: where its deadlines are waited for.
  ///   - troubles: where to tell what cannot be dealt with, if that is shared with others.
  ///   - closeSource: closes the sources that feed it, for the reason given.
  package init(
    name: String, _ pipeline: Pipeline, into sinks: [any Sink], isHeld: Bool = false, timers: any EventLoop,
    logger: Logger, troubles: FilterTroubles? = nil, closeSource: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    state = Mutex(State(pipeline: isHeld ? nil : pipeline, held: isHeld ? pipeline : nil, sinks: []))
    self.timers = timers
    self.closeSource = closeSource
    self.name = name
    self.logger = logger
    self.troubles = troubles ?? FilterTroubles(name: name, logger: logger, timers: timers)
    setSinks(sinks)
    start(pipeline)
  }

  private func start(_ pipeline: Pipeline) {
    state.withLock { $0.answering = pipeline.answering }
    pipeline.start(host)
  }

  /// For filters that work beside the pipeline.
  private var host: FilterHost {
    FilterHost(name: name, logger: logger, eventLoop: timers) { [weak self] in self?.post(.answer($0)) }
  }

  /// What could not be dealt with since it was made.
  package var failures: FailureLedger { troubles.ledger }

  /// Feeds these sinks from now on.
  package func setSinks(_ sinks: [any Sink]) {
    let links = sinks.map { demand.follow($0.demand) }
    let old = state.withLock { state in
      state.sinks = sinks
      defer { state.links = links }
      return state.links
    }
    for link in old { link.close() }
  }

  /// Works from now on: first on what the one group that feeds it, if it is one, holds within `history`, then on what has
  /// gathered. Call it when the group forwards to it already: each message counts once. What the group knows of its
  /// sources' health goes on too.
  ///
  /// - Parameter entrance: what history passes first, as live batches have before they come here.
  package func begin(behind group: Group?, within history: History, through entrance: Pipeline = Pipeline([])) {
    // What was appended before this moment is read from the log, all else has come or will come as a batch.
    let start = group?.log.end.next
    var entrance = entrance
    let earlier = (start.flatMap { group?.log.kept(within: history, before: $0) } ?? []).map { batch, appended in
      let time = Int64(appended.uptimeNanoseconds)
      return Work.earlier(entrance.isEmpty ? batch : entrance.process(batch, at: .at(uptime: time)), at: time)
    }
    let health = (group?.health ?? []).map { Work.health($0) }
    let pipeline = state.withLock { state in
      state.start = start ?? .zero
      let gathered = state.inbox.filter { work in
        if let start, case .batch(_, let first?) = work { first >= start } else { true }
      }
      state.inbox = Deque(health + earlier + gathered)
      state.bytes = state.inbox.reduce(0) { $0 + $1.bytes }
      return state.held.take()
    }
    if let pipeline { run(pipeline) }
  }

  package func publish(_ batch: Batch, first: Offset?) {
    if !batch.isEmpty { post(.batch(batch, first: first)) }
  }

  package func announce(_ health: Health) { post(.health(health)) }

  /// Another pipeline takes over between two batches; it is made of the one before, whose state it may continue.
  package func replace(_ make: @escaping @Sendable (Pipeline) -> Pipeline) { post(.replace(make)) }

  /// No more will come: what filters hold goes out.
  package func finish() { post(.finish) }

  package func mustWait(limit: Int) -> Bool {
    let (bytes, answering, sinks) = state.withLock { ($0.bytes, $0.answering, $0.sinks) }
    return bytes > limit || answering.contains(where: \.mustWait) || sinks.contains { $0.mustWait(limit: limit) }
  }
}

// MARK: - Working

extension RunningPipeline {
  private func post(_ work: Work) {
    let pipeline = state.withLock { state -> Pipeline? in
      // What has been read from the log may come only now, from a thread that was slow to hand it on.
      if case .batch(_, let first?) = work, first < state.start { return nil }
      state.bytes += work.bytes
      state.inbox.append(work)
      return state.pipeline.take()
    }
    if let pipeline { run(pipeline) }
  }

  private func run(_ pipeline: consuming Pipeline) {
    var pipeline = pipeline
    while true {
      while let (work, sinks) = next() {
        perform(work, &pipeline, sinks)
        report(&pipeline)
      }
      let deadline = pipeline.deadline
      guard let left = putBack(pipeline) else { return arm(deadline) }
      pipeline = left
    }
  }

  private func next() -> (Work, [any Sink])? {
    state.withLock { state in
      guard let work = state.inbox.popFirst() else { return nil }
      state.bytes -= work.bytes
      return (work, state.sinks)
    }
  }

  /// Gives the pipeline back, unless work has come meanwhile, for which it is returned.
  private func putBack(_ pipeline: consuming Pipeline) -> Pipeline? {
    var pipeline: Pipeline? = pipeline
    state.withLock { state in
      if state.inbox.isEmpty { state.pipeline = pipeline.take() }
    }
    return pipeline
  }

  private func perform(_ work: Work, _ pipeline: inout Pipeline, _ sinks: [any Sink]) {
    let out: Batch
    switch work {
    case .batch(let batch, _) where pipeline.isEmpty: out = batch
    case .batch(let batch, _): out = pipeline.process(batch, at: .now())
    case .earlier(let batch, let time): out = Self.replay(batch, at: time, through: &pipeline)
    case .tick: out = pipeline.tick(at: .now())
    case .answer(let answer): out = pipeline.answer(answer, at: .now())
    case .finish: out = pipeline.finish(at: .now())
    case .replace(let make):
      pipeline = make(pipeline)
      start(pipeline)
      return
    case .health(let health):
      for sink in sinks { sink.announce(health) }
      return
    }
    guard !out.isEmpty else { return }
    for sink in sinks { sink.publish(out) }
  }

  /// What a batch would have led to at its time, and before it what was due until then: a window of the past holds what
  /// came in it, and not all at once what history holds.
  private static func replay(_ batch: Batch, at time: Int64, through pipeline: inout Pipeline) -> Batch {
    guard !pipeline.isEmpty else { return batch }
    var out = Batch()
    while let deadline = pipeline.deadline, deadline <= time { out.append(pipeline.tick(at: .at(uptime: deadline))) }
    out.append(pipeline.process(batch, at: .at(uptime: time)))
    return out
  }

  private func report(_ pipeline: inout Pipeline) {
    troubles.say(pipeline.takeLog())
    troubles.noteEvictions(pipeline.evictions)
    guard !pipeline.failures.isEmpty else { return }
    troubles.tell(pipeline.takeFailures())
    if let reason = pipeline.takeClosing() { closeSource(reason) }
  }

  /// Sees that `tick` is called when the deadline has come.
  private func arm(_ deadline: Int64?) {
    guard let deadline else { return }
    let isSooner = state.withLock { state in
      if let timer = state.timer, timer <= deadline { return false }
      state.timer = deadline
      return true
    }
    guard isSooner else { return }
    timers.scheduleTask(deadline: .uptimeNanoseconds(UInt64(max(deadline, 0)))) { [weak self] in
      self?.timerCame(deadline)
    }
  }

  private func timerCame(_ deadline: Int64) {
    let isMeant = state.withLock { state in
      guard state.timer == deadline else { return false }
      state.timer = nil
      return true
    }
    // One that was set for later and is overtaken does nothing.
    if isMeant { post(.tick) }
  }
}
