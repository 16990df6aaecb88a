import ConfigText
import Filters
import Ingest
import Serving

extension Topology: Reloading {
  package func reload() async -> ReloadOutcome {
    let start = ContinuousClock.now
    let loaded = RouteSet.load(paths: files.paths, environment: files.environment)
    guard loaded.isUsable else { return refuse(loaded.report) }
    var receipt = Receipt(
      generation: generation + 1, plan: ReloadPlan(from: routeSet, to: loaded.routeSet), milliseconds: 0)
    lastRefusal = nil
    guard !receipt.plan.isEmpty else { return .unchanged(generation: generation) }
    let next = Blueprint(loaded.routeSet)
    var prepared = await prepare(next, loaded)
    if isEnding { prepared.failures = [Diagnostic("the server is ending", at: nil)] }
    guard prepared.failures.isEmpty else {
      await prepared.discard()
      return refuse(DiagnosticRenderer(texts: loaded.texts).text(prepared.failures))
    }
    let left = commit(next, prepared)
    receipt.connections = await followed()
    receipt.milliseconds = (ContinuousClock.now - start) / .milliseconds(1)
    announce(prepared.listeners)
    await retire(left)
    lastReceipt = receipt
    return .committed(receipt)
  }

  private func refuse(_ report: String) -> ReloadOutcome {
    lastRefusal = report
    return .refused(report: report)
  }

  package func plan(paths: [String]) async -> PlanOutcome {
    let paths = paths.isEmpty ? files.paths : paths
    let loaded = RouteSet.load(paths: paths, environment: files.environment)
    guard loaded.isUsable else { return .refused(report: loaded.report) }
    return .plan(ReloadPlan(from: routeSet, to: loaded.routeSet))
  }

  package func settings() async -> ServerSpec { routeSet.server }

  /// Brings all connections to what has become of their routes.
  private func followed() async -> Receipt.Connections {
    // Those that are closed may be gone by the time that all have gone over.
    let count = served.connections.count
    let fates = await served.follow()
    var connections = Receipt.Connections()
    connections.moved = fates[.moved] ?? 0
    connections.closed = fates[.closed] ?? 0
    connections.kept = max(count - connections.moved - connections.closed, 0)
    return connections
  }

  private func announce(_ new: [Listener]) {
    for listener in new { logger.info("\(listener.announcement(of: routeSet))") }
  }
}

// MARK: - Prepare

extension Topology {
  /// Gets all that the next configuration needs and the one in force does not have. Touches nothing that runs.
  func prepare(_ next: Blueprint, _ loaded: LoadedRouteSet) async -> Preparation {
    var prepared = Preparation()
    var kept = listeners
    for address in next.routeSet.server.listen.values {
      guard kept.take(where: { $0.address.identity == address.identity }) == nil else { continue }
      await prepare(address, at: loaded.listenPlace, &prepared)
    }
    for (name, definition) in next.sources.sorted(by: { $0.key < $1.key }) {
      let old = sources[name]?.definition
      if definition.steps != old?.steps { prepared.check(definition.steps, of: "source '\(name)'") }
      guard definition.spec != old?.spec else { continue }
      prepared.add(name, makeSource(name, definition), at: definition.place ?? loaded.sourcePlaces[name])
    }
    for definition in next.routes {
      let old = routes[definition.endpoint.path.text]?.definition
      if definition.steps != old?.steps { prepared.check(definition.steps, of: definition.name) }
    }
    return prepared
  }

  private func prepare(_ address: ListenAddress, at place: Place?, _ prepared: inout Preparation) async {
    do {
      let listener = try await Listener.prepare(address, routes: served, pool: descriptors, on: loops)
      prepared.listeners.append(listener)
    } catch {
      prepared.failures.append(Diagnostic(BindFailure(address: address, error: error).message, at: place))
    }
  }
}

// MARK: - Retire

extension Topology {
  /// Lets go what has ended.
  private func retire(_ left: Left) async {
    retireLeaving()
    for stream in left.streams { stream.close() }
    for into in left.groups { into.close() }
    for listener in left.listeners { await listener.close() }
    // It takes no time, and who connects or writes when the reload has ended reaches those who are configured.
    for reader in left.readers { await reader.stop() }
  }
}

extension Listener {
  /// The most URLs in a listener's line.
  private static let shownPaths = 6

  /// A line with the URLs to try.
  package func announcement(of routeSet: RouteSet) -> String {
    let paths = routeSet.routes.map(\.path.text).sorted()
    var urls = paths.prefix(Self.shownPaths).map { baseURL + $0 }
    if paths.count > urls.count { urls.append("and \(paths.count - urls.count) more") }
    return "listening on \(boundAddress): \(urls.joined(separator: " "))"
  }
}
