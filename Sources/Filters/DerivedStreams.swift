import Delivery
import Logging
import NIOCore
import Streams
import Synchronization

/// The streams of a route whose filters use what a request says: one for each distinct value, born with its first
/// subscriber, gone some time after its last.
///
/// ```
/// base group ─▶ equality index ─▶ pipeline for ACME ─▶ group for ACME ─▶ its subscribers
///                      └────────▶ pipeline for INIT ─▶ group for INIT
/// ```
/// Without an index every message goes through all pipelines.
package final class DerivedStreams: Sink {
  /// What makes a stream of the route.
  package struct Settings: Sendable {
    package var name: String
    package var steps: [FilterStep]
    package var onError: ErrorPolicy
    package var history: History
    package var holdLimit: Int
    /// How many there may be.
    package var limit: Int
    /// How long a stream stays without subscribers, so that one who comes back can go on where it was.
    package var linger = Duration.seconds(10)

    package init(
      name: String, steps: [FilterStep], onError: ErrorPolicy, history: History, holdLimit: Int, limit: Int
    ) {
      self.name = name
      self.steps = steps
      self.onError = onError
      self.history = history
      self.holdLimit = holdLimit
      self.limit = limit
    }
  }

  /// There are as many streams as there may be.
  package struct LimitReached: Error {}

  package let demand = DemandGauge()
  private let settings: Settings
  private let base: Group
  private let timers: any EventLoopGroup
  private let logger: Logger
  let index: EqualityIndex?
  let troubles: FilterTroubles
  private let makeGroup: @Sendable (String, StreamLog) -> Group
  private let onEmpty: @Sendable () -> Void
  let state = Mutex(State())

  struct State {
    var streams: [FilterParameters: DerivedStream] = [:]
    /// By the value of the index.
    var byValue: [ExactText: [DerivedStream]] = [:]
    /// Those that the last batch went to.
    var touched: [DerivedStream] = []
  }

  /// Streams of a base group, which holds what a stream begins with.
  ///
  /// - Parameters:
  ///   - makeGroup: makes the group of a stream, by its name and log.
  ///   - onEmpty: called when the last stream has gone.
  package init(
    _ settings: Settings, of base: Group, timers: any EventLoopGroup, logger: Logger,
    makeGroup: @escaping @Sendable (String, StreamLog) -> Group, onEmpty: @escaping @Sendable () -> Void = {}
  ) {
    self.settings = settings
    self.base = base
    self.timers = timers
    self.logger = logger
    self.makeGroup = makeGroup
    self.onEmpty = onEmpty
    index = EqualityIndex(settings.steps, onError: settings.onError)
    troubles = FilterTroubles(name: settings.name, logger: logger, timers: timers.next())
  }

  /// How many there are.
  package var count: Int { state.withLock { $0.streams.count } }

  /// What could not be dealt with since it was made.
  package var failures: FailureLedger { troubles.ledger }
}

// MARK: - Streams

extension DerivedStreams {
  /// The group of a request's stream, used once more; born if it is the first.
  package func acquire(_ parameters: FilterParameters) throws(LimitReached) -> Group {
    if let known = use(parameters) { return known.group }
    guard makeRoom() else { throw LimitReached() }
    let log = StreamLog(history: settings.history, holdLimit: settings.holdLimit)
    let group = makeGroup(settings.name, log)
    // What the index has found has passed the condition and is not asked again; what history holds is.
    let found = index?.isExact == true ? 1 : 0
    let running = RunningPipeline(
      name: settings.name, pipeline(Array(settings.steps[found...]), parameters), into: [group], isHeld: true,
      timers: timers.next(), logger: logger, troubles: troubles)
    let made = DerivedStream(parameters, running, group)
    guard let kept = insert(made) else {
      running.begin(
        behind: base, within: settings.history, through: pipeline(Array(settings.steps[..<found]), parameters))
      return group
    }
    return kept.group
  }

  private func pipeline(_ steps: [FilterStep], _ parameters: FilterParameters) -> Pipeline {
    Pipeline(steps, onError: settings.onError, parameters: parameters)
  }

  private func use(_ parameters: FilterParameters) -> DerivedStream? {
    state.withLock { state in
      guard let known = state.streams[parameters] else { return nil }
      known.use()
      return known
    }
  }

  /// Adds a stream; returns the one that somebody else has added first.
  private func insert(_ made: DerivedStream) -> DerivedStream? {
    let (known, isFirst) = state.withLock { state -> (DerivedStream?, Bool) in
      if let known = state.streams[made.parameters] {
        known.use()
        return (known, false)
      }
      state.streams[made.parameters] = made
      if let value = index?.value(of: made.parameters) { state.byValue[value, default: []].append(made) }
      return (nil, state.streams.count == 1)
    }
    guard known == nil else { return known }
    if isFirst { demand.change(by: 1) }
    return nil
  }

  /// One use less; the last takes the stream with it, some time later.
  package func release(_ parameters: FilterParameters) {
    guard let stream = state.withLock({ $0.streams[parameters] }), let departure = stream.leave() else { return }
    // One that gives way to another before has nothing left that runs.
    timers.next().scheduleTask(in: TimeAmount(settings.linger)) { [weak self, weak stream] in
      if let stream { self?.remove(stream) { $0.isStillLeft(since: departure) } }
    }
  }

  private func remove(_ stream: DerivedStream, if isOver: (DerivedStream) -> Bool) {
    let isLast = state.withLock { state in
      guard isOver(stream), state.streams[stream.parameters] === stream else { return false }
      state.streams[stream.parameters] = nil
      if let value = index?.value(of: stream.parameters) {
        state.byValue[value]?.removeAll { $0 === stream }
        if state.byValue[value]?.isEmpty == true { state.byValue[value] = nil }
      }
      state.touched.removeAll { $0 === stream }
      return state.streams.isEmpty
    }
    stream.pipeline.setSinks([])
    guard isLast else { return }
    demand.change(by: -1)
    onEmpty()
  }

  /// Whether there is room for one more; a stream without subscribers gives way.
  private func makeRoom() -> Bool {
    let (isFull, idle) = state.withLock { state in
      let isFull = state.streams.count >= settings.limit
      return (isFull, isFull ? state.streams.values.first { !$0.isUsed } : nil)
    }
    guard isFull else { return true }
    guard let idle else { return false }
    remove(idle) { !$0.isUsed }
    return true
  }
}
