import ConfigText
import Delivery
import Filters
import Ingest
import Serving
import Streams

/// Makes of a configuration what will run: a group for each route, the sources with what they feed, the path table.
///
/// ```
/// source ─▶ [its filters] ─┬─▶ [a route's filters] ─▶ the route's group ─▶ subscribers
///                          └─▶ the group of `into`
/// ```
struct Assembly {
  private(set) var table = RouteTable()
  /// Each source once, with all that it feeds.
  private(set) var sources: [(source: RunningSource, sinks: [any Sink])] = []

  let routeSet: RouteSet
  let pool: GroupPool
  let context: SourceContext
  /// Of each source the place in `sources`.
  private var feeds: [String: Int] = [:]
  /// Of each source what stands in front of its sinks.
  private var pipelines: [String: (pipeline: RunningPipeline, sinks: [any Sink])] = [:]

  init(_ routeSet: RouteSet, pool: GroupPool, context: SourceContext) {
    self.routeSet = routeSet
    self.pool = pool
    self.context = context
    for (name, spec) in routeSet.sources.sorted(by: { $0.key < $1.key }) {
      if let into = spec.settings.into { feed(sink(for: into.value, of: "source '\(name)'"), from: spec, named: name) }
    }
    for route in routeSet.routes { add(route) }
  }

  private mutating func add(_ route: RouteSet.Route) {
    var endpoint = Endpoint(
      path: route.path, protocols: Set(route.spec.protocols), contentType: contentType(of: route.spec),
      history: history(of: route.spec), replay: route.spec.replay?.replay ?? .unheard, slow: route.spec.slow.policy,
      health: route.spec.health, isBinary: isBinary(route.spec), open: opener(of: route))
    endpoint.origins = route.spec.origins
    endpoint.retry = route.spec.retry
    endpoint.keepAlive = route.spec.keepAlive
    endpoint.subprotocols = route.spec.subprotocols
    let limit = routeSet.server.limits.message
    endpoint.publish = route.spec.publish?.publish(limit: limit) ?? Publish(messageLimit: limit.bytes)
    do throws(RouteTable.Conflict) {
      try table.add(endpoint)
    } catch {
      preconditionFailure("paths that collide are found when the configuration is checked")
    }
  }
}

// MARK: - Sources

extension Assembly {
  /// The named source feeds one sink more. Returns the source.
  @discardableResult
  mutating func feed(_ sink: any Sink, from spec: SourceSpec, named name: String) -> RunningSource {
    let index: Int
    if let known = feeds[name] {
      index = known
    } else {
      index = sources.count
      feeds[name] = index
      sources.append((RunningSource(name: name, spec: spec, context: context), []))
    }
    let source = sources[index].source
    let steps = routeSet.steps(of: spec.settings.filters)
    guard !steps.isEmpty else {
      sources[index].sinks.append(sink)
      return source
    }
    var filtered =
      pipelines[name] ?? (pipeline(steps, spec.settings.onError, "source '\(name)'", closing: SourceList([source])), [])
    filtered.sinks.append(sink)
    filtered.pipeline.setSinks(filtered.sinks)
    pipelines[name] = filtered
    sources[index].sinks = [filtered.pipeline]
    return source
  }

  /// A pipeline that runs, into nothing yet. What it asks to be closed are these sources.
  func pipeline(
    _ steps: [FilterStep], _ onError: ErrorPolicy, _ name: String, isHeld: Bool = false, closing sources: SourceList
  ) -> RunningPipeline {
    RunningPipeline(
      name: name, Pipeline(steps, onError: onError), into: [], isHeld: isHeld, timers: context.eventLoopGroup.next(),
      logger: context.logger
    ) { sources.fail($0) }
  }

  /// What `into` leads to.
  func sink(for into: IntoTemplate, of name: String) -> any Sink {
    if let name = into.name { return acquire(name) }
    let routeSet = routeSet
    return ContentRouter(
      name: name, into.template, pool: pool, timers: context.eventLoopGroup.next(), logger: context.logger
    ) { Self.settings(ofGroup: $0, for: nil, routeSet) }
  }

  /// A named group that is needed as long as the configuration is in force.
  func acquire(_ name: String) -> Group {
    pool.acquire(name, Self.settings(ofGroup: name, for: nil, routeSet))
  }
}

// MARK: - Settings

extension Assembly {
  static func settings(ofGroup name: String, for route: RouteSpec?, _ routeSet: RouteSet) -> GroupPool.Settings {
    let own = routeSet.settings(ofGroup: name)?.history
    let history = (route?.history ?? own ?? HistorySpec()).history
    return GroupPool.Settings(
      history: own.map { history.union($0.history) } ?? history, holdLimit: (route?.slow ?? SlowSpec()).lag.bytes)
  }

  func history(of route: RouteSpec) -> History {
    if let own = route.history { return own.history }
    if route.from.count == 1, let name = routeSet.groupName(of: route.from[0]) {
      return (routeSet.settings(ofGroup: name)?.history ?? HistorySpec()).history
    }
    return HistorySpec().history
  }

  private func isBinary(_ route: RouteSpec) -> Bool {
    !route.isLines || route.from.contains { routeSet.spec(of: $0)?.settings.framing.isTextLines == false }
  }

  private func contentType(of route: RouteSpec) -> String {
    if let type = route.contentType { return type }
    let isOpaque = route.from.contains { routeSet.spec(of: $0)?.settings.framing == .chunks }
    return isOpaque ? "application/octet-stream" : "text/plain; charset=utf-8"
  }
}
