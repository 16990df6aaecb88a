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
  let settings: GroupSettings
  /// Of each source the place in `sources`.
  private var feeds: [String: Int] = [:]
  /// Of each source what stands in front of its sinks.
  private var pipelines: [String: (pipeline: RunningPipeline, sinks: [any Sink])] = [:]

  init(_ routeSet: RouteSet, pool: GroupPool, context: SourceContext) {
    self.routeSet = routeSet
    self.pool = pool
    self.context = context
    settings = GroupSettings(routeSet: routeSet, context: context)
    for (name, spec) in routeSet.sources.sorted(by: { $0.key < $1.key }) {
      if let into = spec.settings.into { feed(sink(for: into.value, of: "source '\(name)'"), from: spec, named: name) }
    }
    for route in routeSet.routes { add(route) }
  }

  private mutating func add(_ route: RouteSet.Route) {
    do throws(RouteTable.Conflict) {
      try table.add(Endpoint(routeSet.endpoint(of: route), open: opener(of: route)))
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
    return ContentRouter(
      name: name, into.template, pool: pool, timers: context.eventLoopGroup.next(), logger: context.logger
    ) { [settings] in settings.settings(ofGroup: $0, for: nil) }
  }

  /// A named group that is needed as long as the configuration is in force.
  func acquire(_ name: String) -> Group {
    pool.acquire(name, settings.settings(ofGroup: name, for: nil))
  }
}
