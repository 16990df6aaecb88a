import Filters
import Ingest

/// The chains that messages pass, for those who run them without a server.
extension RouteSet {
  /// What a message passes from where it comes to a route's subscribers: the filters of the source, if the route reads
  /// one alone, then the route's own. Each filter has the `on_error` that is in force for it.
  package func chain(of route: Route) -> [FilterStep] {
    let own = steps(of: route.spec.filters).map { $0.resolved(route.spec.onError) }
    guard route.spec.from.count == 1, let source = spec(of: route.spec.from[0]) else { return own }
    return chain(of: source) + own
  }

  /// What a message of a source passes before it goes anywhere.
  package func chain(of source: SourceSpec) -> [FilterStep] {
    steps(of: source.settings.filters).map { $0.resolved(source.settings.onError) }
  }
}

extension FilterStep {
  /// With the policy of the chain's owner where it has none of its own.
  fileprivate func resolved(_ policy: ErrorPolicy) -> FilterStep {
    var step = self
    step.onError = onError ?? policy
    return step
  }
}
