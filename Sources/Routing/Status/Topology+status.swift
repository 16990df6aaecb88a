import Delivery
import Ingest
import Streams

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension Topology {
  package func status() async -> ServerStatus {
    var status = ServerStatus(process: Int(getpid()), uptime: Int((ContinuousClock.now - began).components.seconds))
    status.generation = generation
    status.paths = files.paths
    status.listeners = listeners.map { "\($0.boundAddress)" }
    status.connections = served.connections.count
    status.sources = sources.values.map(\.status).sorted { $0.name < $1.name }
    status.routes = routes.sorted { $0.key < $1.key }.map { path, route in
      ServerStatus.Route(path: path, subscribers: route.endpoint.counters.subscribers)
    }
    status.groups = context.groups.groups.map { group in
      ServerStatus.Group(
        name: group.name, subscribers: group.subscribers, messages: group.counters.values.published)
    }
    status.lastReload = lastReceipt
    status.lastRefusal = lastRefusal
    return status
  }
}

extension SourceUnit {
  var status: ServerStatus.Source {
    let counters = running.outlet.counters
    let health = running.outlet.health
    return ServerStatus.Source(
      name: name, kind: type(of: definition.spec.kind).key, state: health.state, reason: health.reason,
      messages: counters.messages, bytes: counters.bytes, dropped: counters.tooLong + counters.incomplete,
      failures: counters.failures)
  }
}
