import ConfigText
import Delivery
import Ingest
import Serving
import Streams

/// Makes of a configuration what will run: a group for each route, the sources with the groups they feed, the path table.
struct Assembly {
  private(set) var table = RouteTable()
  /// Each source once, with all that it feeds.
  private(set) var sources: [(source: RunningSource, sinks: [any Sink])] = []

  private let routeSet: RouteSet
  private let pool: GroupPool
  private let context: SourceContext
  private var feeds: [String: Int] = [:]

  init(_ routeSet: RouteSet, pool: GroupPool, context: SourceContext) {
    self.routeSet = routeSet
    self.pool = pool
    self.context = context
    for (name, spec) in routeSet.sources.sorted(by: { $0.key < $1.key }) {
      if let into = spec.settings.into { feed(acquire(into.value), from: spec, named: name) }
    }
    for route in routeSet.routes { add(route) }
  }

  /// The named source feeds one sink more.
  private mutating func feed(_ sink: any Sink, from spec: SourceSpec, named name: String) {
    if let index = feeds[name] {
      sources[index].sinks.append(sink)
      return
    }
    feeds[name] = sources.count
    sources.append((RunningSource(name: name, spec: spec, context: context), [sink]))
  }

  /// A named group that is needed as long as the configuration is in force.
  private func acquire(_ name: String) -> Group {
    pool.acquire(name, Self.settings(ofGroup: name, for: nil, routeSet))
  }

  // MARK: - Routes

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

  private mutating func opener(
    of route: RouteSet.Route
  ) -> @Sendable (PathParameters, ResumeToken?) throws -> StreamLease {
    let spec = route.spec
    if spec.from.count == 1 {
      let name = name(of: spec.from[0], in: route, at: 0)
      if let source = routeSet.spec(of: spec.from[0]), let file = EachFile(source, name: name) {
        return { [context] _, token in try Self.open(file, after: token, context) }
      }
      if let name = routeSet.groupName(of: spec.from[0]), let template = try? NameTemplate(name) {
        return openGroup(template, spec)
      }
    }
    let group = ownGroup(of: route)
    return { _, _ in StreamLease(group: group) }
  }

  private static func open(_ file: EachFile, after token: ResumeToken?, _ context: SourceContext) throws -> StreamLease
  {
    do throws(SourceFailure) {
      return StreamLease(group: try file.open(after: token, context: context), isPrivate: true)
    } catch {
      throw Unavailable(reason: error.reason, isMissing: error.isMissing)
    }
  }

  /// A named group, held by its subscribers; with `into`, or without parameters, also by the configuration.
  private func openGroup(
    _ template: NameTemplate, _ spec: RouteSpec
  ) -> @Sendable (PathParameters, ResumeToken?) throws -> StreamLease {
    if let into = spec.into { acquire(template.text).forward(to: acquire(into.value)) }
    let routeSet = routeSet
    let pool = pool
    let settings = { @Sendable name in Self.settings(ofGroup: name, for: spec, routeSet) }
    return { parameters, _ in
      guard let name = template.name(parameters) else {
        throw Unavailable(reason: "the group's name would be too long", isMissing: true)
      }
      let group = pool.acquire(name, settings(name))
      return StreamLease(group: group) { pool.release(name) }
    }
  }

  /// The route's own stream, into which its sources are merged.
  private mutating func ownGroup(of route: RouteSet.Route) -> Group {
    let spec = route.spec
    let log = StreamLog(history: history(of: spec).union(.none), holdLimit: spec.slow.lag.bytes)
    let group = Group(name: route.path.text, log: log)
    for (index, from) in spec.from.enumerated() {
      if let name = routeSet.groupName(of: from) {
        acquire(name).forward(to: group)
      } else if let source = routeSet.spec(of: from) {
        let name = name(of: from, in: route, at: index)
        feed(group, from: source, named: name)
        if case .inline = from, let into = source.settings.into { feed(acquire(into.value), from: source, named: name) }
      }
    }
    if let into = spec.into { group.forward(to: acquire(into.value)) }
    return group
  }

  /// A source written in place is called by its route.
  private func name(of from: FromSpec, in route: RouteSet.Route, at index: Int) -> String {
    if case .source(let name) = from { return name.value }
    return route.spec.from.count == 1 ? route.path.text : "\(route.path.text)#\(index + 1)"
  }
}

// MARK: - Settings

extension Assembly {
  private static func settings(ofGroup name: String, for route: RouteSpec?, _ routeSet: RouteSet) -> GroupPool.Settings
  {
    let own = routeSet.settings(ofGroup: name)?.history
    let history = (route?.history ?? own ?? HistorySpec()).history
    return GroupPool.Settings(
      history: own.map { history.union($0.history) } ?? history, holdLimit: (route?.slow ?? SlowSpec()).lag.bytes)
  }

  private func history(of route: RouteSpec) -> History {
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
