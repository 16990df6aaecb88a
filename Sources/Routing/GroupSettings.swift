import Delivery
import Filters
import Ingest
import Streams

/// What groups are made with, by the configuration.
struct GroupSettings: Sendable {
  let routeSet: RouteSet
  let context: SourceContext

  /// Of a named group that a route reads, or that only `into` feeds.
  func settings(ofGroup name: String, for route: RouteSpec?) -> GroupPool.Settings {
    let own = routeSet.settings(ofGroup: name)?.history
    let history = (route?.history ?? own ?? HistorySpec()).history
    return GroupPool.Settings(
      history: own.map { history.union($0.history) } ?? history, holdLimit: (route?.slow ?? SlowSpec()).lag.bytes,
      keying: keying(of: own, for: "group '\(name)'"))
  }

  /// How messages get their keys, if that is wished.
  func keying(of history: HistorySpec?, for name: String) -> Keying? {
    history?.latestBy.map {
      Keying($0, name: name, timers: context.eventLoopGroup.next(), logger: context.logger)
    }
  }

  /// Makes the groups of a route.
  func groupMaker(for route: RouteSet.Route) -> @Sendable (String, StreamLog) -> Group {
    let keying = keying(of: route.spec.history, for: "route '\(route.path.text)'")
    return { Group(name: $0, log: $1, keying: keying) }
  }
}
