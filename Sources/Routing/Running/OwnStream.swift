import Delivery
import Filters
import Ingest
import Serving
import Streams

/// A route's own stream: what feeds it is merged, and passes the filters that are the same for all requests.
///
/// ```
/// source ──┐
/// source ──┼─▶ RunningPipeline (the entrance) ─▶ group ─┬─▶ subscribers, or streams for each value of a request
/// group ───┘                                             └─▶ `into`
/// ```
final class OwnStream: RouteStream {
  let open: Opener
  var entrance: (any Sink)? { pipeline }

  private let context: RunningContext
  private var definition: RouteDefinition
  private let group: Group
  private let pipeline: RunningPipeline
  private var derived: (streams: DerivedStreams, tap: Tap)?
  /// For the pipeline, which may close what feeds it.
  private let feeders = SourceList()
  /// The groups that feed it.
  private var bases: [String: (group: Group, tap: Tap)] = [:]
  private var into: (sink: IntoSink, tap: Tap)?

  init(_ use: FilterUse?, _ definition: RouteDefinition, in context: RunningContext) {
    self.context = context
    self.definition = definition
    let group = Group(name: definition.endpoint.path.text, definition.groupSettings(in: context))
    self.group = group
    pipeline = RunningPipeline(
      name: definition.name, Pipeline(definition.shared, onError: definition.onError), into: [group], isHeld: true,
      timers: context.timers, logger: context.logger
    ) { [feeders] in feeders.fail($0) }
    let streams = use.map { _ in
      DerivedStreams(
        definition.derivedSettings(definition.own, in: context), of: group,
        timers: context.sources.eventLoopGroup, logger: context.logger)
    }
    open = Self.opener(use, group, streams)
    derived = streams.map { ($0, group.forward(to: $0)) }
    setBases()
    setInto()
    let only = definition.feeders.count == 1 ? bases.values.first?.group : nil
    pipeline.begin(behind: only, within: definition.history)
  }

  private static func opener(_ use: FilterUse?, _ group: Group, _ derived: DerivedStreams?) -> Opener {
    guard let use, let derived else { return { _ in StreamLease(group: group) } }
    return { request in
      let parameters = use.parameters(of: request)
      do throws(DerivedStreams.LimitReached) {
        let group = try derived.acquire(parameters)
        return StreamLease(group: group) { derived.release(parameters) }
      } catch {
        throw Unavailable.noMoreStreams
      }
    }
  }

  func setFeeders(_ sources: [RunningSource]) { feeders.set(sources) }

  private func setBases() {
    var wanted: Set<String> = []
    for case .group(let name) in definition.feeders { wanted.insert(name) }
    for (name, base) in bases where !wanted.contains(name) {
      base.group.stopForwarding(base.tap)
      for known in base.group.health { pipeline.announce(Health(source: known.source, state: .removed)) }
      context.groups.release(name)
      bases[name] = nil
    }
    for name in wanted where bases[name] == nil {
      let group = context.groups.acquire(name)
      bases[name] = (group, group.forward(to: pipeline))
      for known in group.health { pipeline.announce(known) }
    }
  }

  private func setInto() {
    guard into?.sink.template != definition.into else { return }
    // The new one is held before the old is let go: they may share what lives by its users.
    let before = into
    into = definition.into.map { template in
      let sink = IntoSink(template, of: definition.name, in: context)
      return (sink, group.forward(to: sink.sink))
    }
    guard let (sink, tap) = before else { return }
    group.stopForwarding(tap)
    sink.close()
  }

  // MARK: - Reload

  /// Both parts of the chain change between the same two batches.
  func apply(_ new: RouteDefinition) {
    let old = definition
    definition = new
    let settings = new.groupSettings(in: context)
    group.apply(settings)
    let own = new.derivedSettings(new.own, in: context)
    if old.shared != new.shared || old.own != new.own || old.onError != new.onError {
      let isOtherBase = old.shared != new.shared || old.onError != new.onError
      pipeline.replace(new.shared, onError: new.onError) { [group, streams = derived?.streams] in
        streams?.apply(own, from: isOtherBase ? group.log.end.next : nil)
      }
    } else {
      derived?.streams.apply(own)
    }
    setBases()
    setInto()
  }

  func endInto() {
    definition.into = nil
    setInto()
  }

  func close() {
    definition.feeders = []
    setBases()
    endInto()
    feeders.set([])
    // Else the group and the streams that it feeds would keep each other for ever.
    if let derived { group.stopForwarding(derived.tap) }
    derived = nil
  }
}
