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
    /// What the group of each stream has.
    package var group: GroupPool.Settings
    /// How many there may be.
    package var limit: Int
    /// How long a stream stays without subscribers, so that one who comes back can go on where it was.
    package var linger = Duration.seconds(10)

    package init(
      name: String, steps: [FilterStep], onError: ErrorPolicy, group: GroupPool.Settings, limit: Int
    ) {
      self.name = name
      self.steps = steps
      self.onError = onError
      self.group = group
      self.limit = limit
    }
  }

  /// There are as many streams as there may be.
  package struct LimitReached: Error {}

  package let demand = DemandGauge()
  private let base: Group
  private let timers: any EventLoopGroup
  private let logger: Logger
  let troubles: FilterTroubles
  private let onEmpty: @Sendable () -> Void
  let state: Mutex<State>

  struct State {
    var settings: Settings
    var index: EqualityIndex?
    /// The index is still that of the chain before: it is no part of the new one.
    var isChanging = false
    /// Grows with each change of the settings.
    var version = 0
    var streams: [FilterParameters: DerivedStream] = [:]
    /// By the value of the index.
    var byValue: [ExactText: [DerivedStream]] = [:]
    /// Those that the last batch went to.
    var touched: [DerivedStream] = []
    /// Where the base group's messages begin that have passed the filters in front of these as they are now.
    var start = Offset.zero
  }

  /// Streams of a base group, which holds what a stream begins with.
  ///
  /// `onEmpty`: called when the last stream has gone.
  package init(
    _ settings: Settings, of base: Group, timers: any EventLoopGroup, logger: Logger,
    onEmpty: @escaping @Sendable () -> Void = {}
  ) {
    state = Mutex(State(settings: settings, index: EqualityIndex(settings.steps, onError: settings.onError)))
    self.base = base
    self.timers = timers
    self.logger = logger
    self.onEmpty = onEmpty
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
    while true {
      if let known = use(parameters) { return known.group }
      guard makeRoom() else { throw LimitReached() }
      if let group = bear(parameters) { return group }
    }
  }

  /// `nil`: a reload has come meanwhile.
  private func bear(_ parameters: FilterParameters) -> Group? {
    // What the index has found has passed the condition and is not asked again; what history holds is.
    let (settings, version, start, found) = state.withLock {
      ($0.settings, $0.version, $0.start, $0.index?.isExact == true && !$0.isChanging ? 1 : 0)
    }
    let group = Group(name: settings.name, settings.group)
    func pipeline(_ steps: ArraySlice<FilterStep>) -> Pipeline {
      Pipeline(Array(steps), onError: settings.onError, parameters: parameters)
    }
    let running = RunningPipeline(
      name: settings.name, pipeline(settings.steps[found...]), into: [group], isHeld: true, timers: timers.next(),
      logger: logger, troubles: troubles)
    let made = DerivedStream(parameters, running, group)
    guard let stream = insert(made, version) else { return nil }
    guard stream === made else { return stream.group }
    running.begin(
      behind: base, from: start, within: settings.group.history, through: pipeline(settings.steps[..<found]))
    return group
  }

  private func use(_ parameters: FilterParameters) -> DerivedStream? {
    state.withLock { state in
      guard let known = state.streams[parameters] else { return nil }
      known.use()
      return known
    }
  }

  /// Adds a stream, or uses the one that somebody else has added first; `nil`: its chain is not that in force any more.
  private func insert(_ made: DerivedStream, _ version: Int) -> DerivedStream? {
    let (stream, isFirst) = state.withLock { state -> (DerivedStream?, Bool) in
      if let known = state.streams[made.parameters] {
        known.use()
        return (known, false)
      }
      guard state.version == version else { return (nil, false) }
      state.streams[made.parameters] = made
      if let value = state.index?.value(of: made.parameters) { state.byValue[value, default: []].append(made) }
      return (made, state.streams.count == 1)
    }
    if isFirst { demand.change(by: 1) }
    return stream
  }

  /// One use less; the last takes the stream with it, some time later.
  package func release(_ parameters: FilterParameters) {
    guard let stream = state.withLock({ $0.streams[parameters] }), let departure = stream.leave() else { return }
    // One that gives way to another before has nothing left that runs.
    let linger = state.withLock { $0.settings.linger }
    timers.next().scheduleTask(in: TimeAmount(linger)) { [weak self, weak stream] in
      if let stream { self?.remove(stream) { $0.isStillLeft(since: departure) } }
    }
  }

  private func remove(_ stream: DerivedStream, if isOver: (DerivedStream) -> Bool) {
    let isLast = state.withLock { state in
      guard isOver(stream), state.streams[stream.parameters] === stream else { return false }
      state.streams[stream.parameters] = nil
      state.forgetValue(of: stream)
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
      let isFull = state.streams.count >= state.settings.limit
      return (isFull, isFull ? state.streams.values.first { !$0.isUsed } : nil)
    }
    guard isFull else { return true }
    guard let idle else { return false }
    remove(idle) { !$0.isUsed }
    return true
  }
}
