import Delivery
import Filters
import Streams

/// What named groups have, by the configuration: what all who read one ask for.
struct GroupSettings: Sendable {
  private let routeSet: RouteSet
  private let context: RunningContext
  /// The routes that read named groups themselves, with the names they may read.
  private let readers: [(names: GroupPattern, spec: RouteSpec)]

  init(_ routeSet: RouteSet, in context: RunningContext) {
    self.routeSet = routeSet
    self.context = context
    readers = routeSet.routes.flatMap { route in
      route.spec.from.compactMap { from in
        guard let name = routeSet.groupName(of: from), let template = try? NameTemplate(name) else { return nil }
        return (template.pattern, route.spec)
      }
    }
  }

  subscript(name: String) -> GroupPool.Settings {
    let own = routeSet.settings(ofGroup: name)?.history
    let specs = readers.filter { $0.names.matches(name) }.map(\.spec)
    let histories = (own.map { [$0] } ?? []) + specs.map { $0.history ?? own ?? HistorySpec() }
    let history = (histories.isEmpty ? [HistorySpec()] : histories).map(\.history)
    return GroupPool.Settings(
      history: history.reduce(.none) { $0.union($1) },
      holdLimit: specs.map(\.slow.lag.bytes).max() ?? SlowSpec().lag.bytes,
      keying: own?.latestBy.map { context.keying(by: $0, for: "group '\(name)'") })
  }
}

extension NameTemplate {
  /// The names it can stand for.
  fileprivate var pattern: GroupPattern {
    GroupPattern(parts.map { if case .text(let text) = $0 { text } else { "*" } }.joined())
  }
}
