import Delivery
import Descriptors
import Filters
import Ingest
import Streams

/// A source that runs, with its filters and all that it feeds.
///
/// ```
/// RunningSource ─▶ [filters] ─┬─▶ the group of `into`
///                             └─▶ the entrance of each route that reads it
/// ```
/// Owned by the topology.
final class SourceUnit {
  let name: String
  private(set) var definition: SourceDefinition
  private(set) var running: RunningSource
  private let context: RunningContext
  /// Made when it first has filters, and empty when it has none any more.
  private var pipeline: RunningPipeline?
  private var into: IntoSink?
  private var routes: [any Sink] = []
  /// What the pipeline feeds.
  private var filtered: [any Sink] = []
  /// For the pipeline, which may close what feeds it.
  private let feeders = SourceList()
  private var isStarted = false
  /// What it feeds is to be set anew.
  private var hasChanged = true

  /// `running`: of the definition, not yet started.
  init(_ name: String, _ definition: SourceDefinition, _ running: RunningSource, in context: RunningContext) {
    self.name = name
    self.definition = definition
    self.running = running
    self.context = context
    feeders.set([running])
    takeInto(definition.into)
    if !definition.steps.isEmpty { pipeline = makePipeline() }
  }

  private func makePipeline() -> RunningPipeline {
    RunningPipeline(
      name: "source '\(name)'", Pipeline(definition.steps, onError: definition.onError), into: [],
      timers: context.timers, logger: context.logger
    ) { [feeders] in feeders.fail($0) }
  }

  /// Feeds the entrances of these routes from now on; those that it feeds already change nothing.
  func setRoutes(_ sinks: [any Sink]) {
    guard hasChanged || !sinks.elementsEqual(routes, by: ===) else { return }
    hasChanged = false
    for gone in routes where !sinks.contains(where: { $0 === gone }) { forget(gone) }
    routes = sinks
    let all = (into.map { [$0.sink] } ?? []) + sinks
    if let pipeline { feed(all, through: pipeline) }
    let own: [any Sink] = pipeline.map { [$0] } ?? all
    if isStarted { running.setSinks(own) } else { first = own }
  }

  /// What it is started with.
  private var first: [any Sink] = []

  /// A sink behind the filters is not known to the source.
  private func feed(_ sinks: [any Sink], through pipeline: RunningPipeline) {
    pipeline.setSinks(sinks)
    for sink in sinks where !filtered.contains(where: { $0 === sink }) { sink.announce(running.outlet.health) }
    filtered = sinks
  }

  private func forget(_ sink: any Sink) { sink.announce(Health(source: name, state: .removed)) }

  /// Starts it, after another that it takes the place of has stopped.
  func start(after predecessor: RunningSource? = nil, holding: [Holding] = []) {
    isStarted = true
    running.start(sinks: first, after: predecessor, holding: holding)
    first = []
  }
}

// MARK: - Reload

extension SourceUnit {
  /// Goes on as another definition says. `replacement`: if it is to be started anew, what takes over; start it then.
  /// Its sinks are to be set afterwards. Returns what has ended.
  func apply(_ new: SourceDefinition, replacement: RunningSource?) -> (predecessor: RunningSource?, into: IntoSink?) {
    let old = definition
    definition = new
    hasChanged = true
    if old.steps != new.steps || old.onError != new.onError {
      if let pipeline { pipeline.replace(new.steps, onError: new.onError) } else { pipeline = makePipeline() }
    }
    var left: IntoSink?
    if old.into != new.into {
      left = into
      takeInto(new.into)
    }
    guard let replacement else { return (nil, left) }
    defer {
      running = replacement
      isStarted = false
      feeders.set([replacement])
    }
    return (running, left)
  }

  private func takeInto(_ template: IntoTemplate?) {
    into = template.map { IntoSink($0, of: "source '\(name)'", in: context) }
  }

  /// Stops it for good; returns when its processes have ended and its sockets are closed.
  func stop(isolation: isolated (any Actor)? = #isolation) async {
    await running.stop()
    for sink in routes { forget(sink) }
    routes = []
    // Else the source and its filters, which may close it, would keep each other for ever.
    feeders.set([])
    pipeline = nil
    into?.close()
    into = nil
  }
}
