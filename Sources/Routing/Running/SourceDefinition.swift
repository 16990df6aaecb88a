import ConfigText
import Filters
import Ingest

/// All that a running source is made of. Pure; equal means that nothing is to be done.
struct SourceDefinition: Equatable {
  /// What is stopped and started anew when it changes: the kind and all settings but those below.
  var spec: SourceSpec
  /// What every message passes first.
  var steps: [FilterStep]
  var onError: ErrorPolicy
  var into: IntoTemplate?
  var place: Place?

  /// Places do not count.
  static func == (a: SourceDefinition, b: SourceDefinition) -> Bool {
    a.spec == b.spec && a.steps == b.steps && a.onError == b.onError && a.into == b.into
  }
}

extension RouteSet {
  /// The sources that run, by name: those that a route's own stream reads, or that feed a group.
  func sourceDefinitions(_ routes: [RouteDefinition]) -> [String: SourceDefinition] {
    var used = Set(sources.filter { $0.value.settings.into != nil && !$0.value.isEach }.keys)
    for case .source(let name) in routes.lazy.flatMap(\.feeders) { used.insert(name) }
    var found: [String: SourceDefinition] = [:]
    for (name, spec) in sources where used.contains(name) { found[name] = definition(of: spec, at: nil) }
    for route in self.routes {
      for (index, from) in route.spec.from.enumerated() {
        guard case .inline(let spec, let place) = from else { continue }
        let name = name(of: from, in: route, at: index)
        if used.contains(name) { found[name] = definition(of: spec, at: place) }
      }
    }
    return found
  }

  private func definition(of spec: SourceSpec, at place: Place?) -> SourceDefinition {
    var bare = spec
    (bare.settings.filters, bare.settings.onError, bare.settings.into) = (FilterChain(), .drop, nil)
    return SourceDefinition(
      spec: bare, steps: steps(of: spec.settings.filters), onError: spec.settings.onError,
      into: spec.settings.into?.value, place: place)
  }
}
