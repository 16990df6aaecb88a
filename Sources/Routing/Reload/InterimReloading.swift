import ConfigText
import Serving
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Loads and checks, and changes nothing: stands where the topology will. To be replaced.
package final class InterimReloading: Reloading {
  private let routeSet: RouteSet
  private let paths: [String]
  private let environment: [String: String]
  private let listeners: [String]
  private let began = ContinuousClock.now
  private let refusal = Mutex<String?>(nil)
  private let server: Mutex<ServerSpec>

  package init(_ routeSet: RouteSet, paths: [String], environment: [String: String], listeners: [Listener]) {
    self.routeSet = routeSet
    self.paths = paths
    self.environment = environment
    self.listeners = listeners.map { "\($0.boundAddress)" }
    server = Mutex(routeSet.server)
  }

  package func reload() async -> ReloadOutcome {
    let loaded = RouteSet.load(paths: paths, environment: environment)
    refusal.withLock { $0 = loaded.isUsable ? nil : loaded.report }
    guard loaded.isUsable else { return .refused(report: loaded.report) }
    server.withLock { $0 = loaded.routeSet.server }
    return .unchanged(generation: 1)
  }

  package func plan(paths: [String]) async -> PlanOutcome {
    let loaded = RouteSet.load(paths: paths.isEmpty ? self.paths : paths, environment: environment)
    return loaded.isUsable
      ? .plan(ReloadPlan(from: routeSet, to: loaded.routeSet)) : .refused(report: loaded.report)
  }

  package func status() async -> ServerStatus {
    var status = ServerStatus(process: Int(getpid()), uptime: Int((ContinuousClock.now - began).components.seconds))
    status.paths = paths
    status.listeners = listeners
    status.sources = routeSet.sources.sorted { $0.key < $1.key }.map {
      ServerStatus.Source(
        name: $0, kind: type(of: $1.kind).key, state: .running, reason: "", messages: 0, bytes: 0, dropped: 0,
        failures: 0)
    }
    status.routes = routeSet.routes.map { ServerStatus.Route(path: $0.path.text, subscribers: 0) }
    status.lastRefusal = refusal.withLock { $0 }
    return status
  }

  package func settings() async -> ServerSpec { server.withLock { $0 } }
}
