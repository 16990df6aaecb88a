import Delivery
import Ingest
import NIOCore
import Serving

/// Changing what runs into what another configuration says. Nothing here can fail, and nothing here waits.
extension Topology {
  /// What has ended, and is let go when connections have gone over.
  struct Left {
    var listeners: [Listener] = []
    var streams: [any RouteStream] = []
    var groups: [IntoSink] = []
    /// Sources that have sockets or pipes, which may be another's now.
    var readers: [RunningSource] = []

    fileprivate mutating func add(_ source: RunningSource?) {
      if let source, !source.spec.kind.claims.isEmpty { readers.append(source) }
    }
  }

  func commit(_ next: Blueprint, _ prepared: Preparation) -> Left {
    var left = Left()
    let old = routeSet
    routeSet = next.routeSet
    generation += 1
    context.groups.apply { [rule = GroupSettings(routeSet, in: context)] in rule[$0] }
    served.apply(routeSet.server.connectionLimits)
    let table = commitRoutes(next, &left)
    commitSources(next, prepared, &left)
    served.swap(table)
    commitListeners(prepared, old, &left)
    return left
  }

  // MARK: - Routes

  private func commitRoutes(_ next: Blueprint, _ left: inout Left) -> RouteTable {
    let before = sources
    var table = RouteTable()
    var kept: [String: RunningRoute] = [:]
    for definition in next.routes {
      let path = definition.endpoint.path.text
      let route = routes.removeValue(forKey: path)
      if let route, let stream = route.apply(definition, in: context) {
        stream.endInto()
        left.streams.append(stream)
      }
      let running = route ?? RunningRoute(definition, in: context)
      kept[path] = running
      // Paths that collide are found when the configuration is checked.
      try? table.add(running.endpoint)
    }
    for route in routes.values { remove(route, before, &left) }
    routes = kept
    return table
  }

  private func remove(_ route: RunningRoute, _ units: [String: SourceUnit], _ left: inout Left) {
    route.retire()
    route.stream.endInto()
    let time = route.definition.onRemoval.time
    guard time > .zero else { return left.streams.append(route.stream) }
    var feeding: [String: SourceDefinition] = [:]
    for case .source(let name) in route.definition.feeders { feeding[name] = units[name]?.definition }
    let number = draining.add(DrainingRoutes.Entry(stream: route.stream, sources: feeding))
    Task {
      try? await Task.sleep(for: time)
      endDraining(number)
    }
  }

  /// The last connection of a route that was removed has gone.
  private func endDraining(_ number: Int) {
    guard let entry = draining.remove(number), !isEnding else { return }
    entry.stream.close()
    let wanted = Blueprint(routeSet).sources
    let needed = draining.sources(beside: wanted)
    for name in entry.sources.keys where wanted[name] == nil && needed[name] == nil {
      if let unit = sources.removeValue(forKey: name) { retire(unit) }
    }
    connectSources()
  }

  // MARK: - Sources

  private func commitSources(_ next: Blueprint, _ prepared: Preparation, _ left: inout Left) {
    let wanted = next.sources.merging(draining.sources(beside: next.sources)) { current, _ in current }
    for (name, unit) in sources where wanted[name] == nil {
      leaving.append(unit)
      left.add(unit.running)
      sources[name] = nil
    }
    var starts: [(unit: SourceUnit, after: RunningSource?)] = []
    for (name, definition) in wanted.sorted(by: { $0.key < $1.key }) where sources[name]?.definition != definition {
      let isNew = sources[name]?.definition.spec != definition.spec
      let made = isNew ? prepared.sources[name]?.source ?? makeSource(name, definition) : nil
      if let unit = sources[name] {
        let ended = unit.apply(definition, replacement: made)
        if let into = ended.into { left.groups.append(into) }
        if made != nil { starts.append((unit, ended.predecessor)) }
      } else if let made {
        let unit = SourceUnit(name, definition, made, in: context)
        sources[name] = unit
        starts.append((unit, predecessor(of: unit)))
      }
    }
    connectSources()
    for (unit, predecessor) in starts {
      left.add(predecessor)
      unit.start(after: predecessor, holding: prepared.sources[unit.name]?.holding ?? [])
    }
  }

  /// A source that is no more, or was taken out and comes back before it has ended: the same by its name, or by all but
  /// that. Those who hold something of the system's take turns at it anyhow.
  private func predecessor(of unit: SourceUnit) -> RunningSource? {
    guard unit.definition.spec.kind.claims.isEmpty else { return nil }
    let gone = leaving + stopping.sorted { $0.key > $1.key }.map(\.value.unit)
    return gone.first { $0.name == unit.name || $0.definition.spec == unit.definition.spec }?.running
  }

  func makeSource(_ name: String, _ definition: SourceDefinition) -> RunningSource {
    RunningSource(name: name, spec: definition.spec, context: context.sources)
  }

  /// Has each source feed the streams that read it.
  private func connectSources() {
    var sinks: [String: [any Sink]] = [:]
    for (_, route) in routes.sorted(by: { $0.key < $1.key }) {
      guard let entrance = route.stream.entrance else { continue }
      var feeders: [RunningSource] = []
      for case .source(let name) in route.definition.feeders {
        sinks[name, default: []].append(entrance)
        if let unit = sources[name] { feeders.append(unit.running) }
      }
      route.stream.setFeeders(feeders)
    }
    for (name, unit) in sources {
      unit.setRoutes((sinks[name] ?? []) + draining.sinks(of: name, unit.definition))
    }
  }

  // MARK: - Listeners

  private func commitListeners(_ prepared: Preparation, _ old: RouteSet, _ left: inout Left) {
    var before = listeners
    var new = prepared.listeners
    listeners = routeSet.server.listen.values.compactMap { address in
      before.take { $0.address.identity == address.identity } ?? new.take { $0.address.identity == address.identity }
    }
    left.listeners = before
    for listener in prepared.listeners { listener.open() }
  }
}

extension [Listener] {
  /// Takes the first out for which something holds.
  mutating func take(where holds: (Listener) -> Bool) -> Listener? {
    firstIndex(where: holds).map { remove(at: $0) }
  }
}
