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
  let state: Mutex<State>
  let timers: any EventLoop
  let troubles: FilterTroubles
  let closeSource: @Sendable (String) -> Void
  private let name: String
  private let logger: Logger

  enum Work: Sendable {
    case batch(Batch, first: Offset?)
    /// What came at an earlier time, in nanoseconds of `Moment.uptime`.
    case earlier(Batch, at: Int64)
    case health(Health)
    case tick
    case replace(Replacement)
    case takeOver(Succession, Replacement)
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

  /// Another chain that is to take over.
  struct Replacement: Sendable {
    var steps: [FilterStep]
    var onError: ErrorPolicy
    /// Called between the last batch that passed the one before and the first that passes it.
    var then: @Sendable () -> Void
  }

  struct State {
    /// `nil`: somebody works, or it has not begun.
    var pipeline: Pipeline?
    /// Until it begins.
    var held: Pipeline?
    /// Where the batches of the group that feeds it start: what is before it has read from the group's log.
    var start = Offset.zero
    var inbox: Deque<Work> = []
    /// Another chain waits for answers of this one's filters: only answers are worked on.
    var isHandingOver = false
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

  func start(_ pipeline: Pipeline) {
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
  /// - Parameters:
  ///   - first: what is before it does not count.
  ///   - entrance: what history passes first, as live batches have before they come here.
  package func begin(
    behind group: Group?, from first: Offset = .zero, within history: History,
    through entrance: Pipeline = Pipeline([])
  ) {
    // What was appended before this moment is read from the log, all else has come or will come as a batch.
    let start = group?.log.end.next
    var entrance = entrance
    let held = start.flatMap { group?.log.kept(within: history, from: first, before: $0) } ?? []
    let earlier = held.map { batch, appended in
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

  /// Another chain takes over between two batches: every message passes one of them, none neither, none both. Filters
  /// that both have keep their state; what the others hold passes the rest of the old chain before.
  ///
  /// - Parameter then: called, with no lock held, when the old chain has seen its last batch.
  package func replace(
    _ steps: [FilterStep], onError: ErrorPolicy = .drop, then: @escaping @Sendable () -> Void = {}
  ) {
    post(.replace(Replacement(steps: steps, onError: onError, then: then)))
  }

  /// No more will come: what filters hold goes out.
  package func finish() { post(.finish) }

  package func mustWait(limit: Int) -> Bool {
    let (bytes, answering, sinks) = state.withLock { ($0.bytes, $0.answering, $0.sinks) }
    return bytes > limit || answering.contains(where: \.mustWait) || sinks.contains { $0.mustWait(limit: limit) }
  }
}
