import ConfigText
import Filters
import Serving

/// The section `tests`.
extension RouteSetBuilder {
  mutating func addCases(_ entry: ConfigNode.Entry) {
    guard let elements = entry.value.elements else {
      return reader.mismatch(entry.value, expected: "a list of tests")
    }
    cases += elements.compactMap { CaseSpec.decode($0, &reader) }
  }

  /// What can only be seen when all files are there: names, and parameters of paths.
  mutating func checkCases(_ chains: NamedChains) {
    for spec in cases {
      if let route = spec.route { check(route: route, of: spec) }
      if let source = spec.source { check(name: source) }
      if let chain = spec.filters?.value.chain {
        chains.check(chain, in: .given(spec.params.keys.sorted(), by: "'params' of the test"), &reader)
      }
      if let route = spec.expect?.route, !isKnown(route: route.value) { reportNoRoute(route) }
    }
  }

  private func isKnown(route path: String) -> Bool { routePlaces[path] != nil }

  private mutating func reportNoRoute(_ path: Located<String>) {
    reader.error(
      "there is no route '\(path.value)'", at: path.place,
      suggestion: Suggestion.nearest(to: path.value, among: routePlaces.keys.sorted()))
  }

  private mutating func check(route path: Located<String>, of spec: CaseSpec) {
    guard isKnown(route: path.value) else { return reportNoRoute(path) }
    guard let route = routeSet.route(path.value) else { return }
    let names = route.path.parameterNames
    for name in spec.params.keys.sorted() where !names.contains(name) {
      reader.error(
        "the path '\(path.value)' has no parameter '{\(name)}'", at: spec.params[name]?.place ?? path.place,
        suggestion: Suggestion.nearest(to: name, among: names))
    }
    let used = FilterUse(routeSet.chain(of: route)).pathParameters(of: names)
    for name in names where used.contains(name) && spec.params[name] == nil {
      reader.error("the filters of '\(path.value)' use '{\(name)}', which 'params' does not give", at: path.place)
    }
  }
}
