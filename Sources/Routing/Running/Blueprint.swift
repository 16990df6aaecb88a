import Serving

/// All that is to run, of one configuration. Pure.
struct Blueprint {
  let routeSet: RouteSet
  /// By path.
  let routes: [RouteDefinition]
  let sources: [String: SourceDefinition]

  init(_ routeSet: RouteSet) {
    self.routeSet = routeSet
    routes = routeSet.routes.map { routeSet.definition(of: $0) }
    sources = routeSet.sourceDefinitions(routes)
  }
}
