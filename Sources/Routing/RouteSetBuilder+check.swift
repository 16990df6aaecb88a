import ConfigText
import Filters
import Ingest
import Serving

/// What can only be seen when all files are there: names, paths that collide, settings that do not fit together.
extension RouteSetBuilder {
  mutating func check() {
    if routeSet.routes.isEmpty, reader.diagnostics.isEmpty {
      reader.diagnostics.append(Diagnostic("there is no route: nothing would be served", at: nil))
    }
    checkPaths()
    let chains = NamedChains(routeSet.filters, broken: brokenChains)
    chains.checkNames(&reader)
    checkFilters(chains)
    checkCases(chains)
    for route in routeSet.routes { check(route) }
    for name in routeSet.sources.keys.sorted() { check(source: name) }
    checkCycles()
    checkClaims()
    checkNamesInPlace()
    // What is not read because something else is wrong needs no word.
    if !reader.hasErrors { checkUse() }
  }

  private mutating func checkFilters(_ chains: NamedChains) {
    for (name, spec) in routeSet.sources.sorted(by: { $0.key < $1.key }) {
      chains.check(spec.settings.filters, in: .source(name), &reader)
    }
    for route in routeSet.routes {
      checkRouteFilters(route, chains)
      if let key = route.spec.history?.latestBy { check(key, of: route, chains) }
    }
    for (_, group) in routeSet.groups.sorted(by: { $0.key.text < $1.key.text }) {
      if let key = group.history?.latestBy { chains.check(key.uses, in: .history, &reader) }
    }
  }

  private mutating func check(_ key: FilterExpression, of route: RouteSet.Route, _ chains: NamedChains) {
    chains.check(key.uses, in: .history, &reader)
    let isGroup = route.spec.from.count == 1 && routeSet.groupName(of: route.spec.from[0]) != nil
    guard isGroup, route.spec.filters.isEmpty else { return }
    reader.error(
      "'latest_by' of a group belongs to its settings in 'groups', as all its readers share it", at: key.node.place)
  }

  private mutating func checkRouteFilters(_ route: RouteSet.Route, _ chains: NamedChains) {
    let path = route.path.text
    for case .inline(let spec, _) in route.spec.from {
      chains.check(spec.settings.filters, in: .source(path), &reader)
    }
    chains.check(route.spec.filters, in: .route(path, parameters: route.path.parameterNames), &reader)
  }

  /// Reports what is wrong with all filters that the messages of a route pass.
  mutating func checkFilters(of route: RouteSet.Route, _ chains: NamedChains) {
    for case .source(let name) in route.spec.from {
      check(name: name)
      guard let spec = routeSet.sources[name.value] else { continue }
      chains.check(spec.settings.filters, in: .source(name.value), &reader)
    }
    checkRouteFilters(route, chains)
  }

  private mutating func checkPaths() {
    var shapes: [[PathPattern.Segment]: String] = [:]
    for route in routeSet.routes {
      let shape = route.path.segments.map(\.shape)
      if let other = shapes[shape] {
        report(
          "route '\(route.path.text)' matches the same paths as '\(other)'", at: routePlaces[route.path.text],
          note: routePlaces[other])
      } else {
        shapes[shape] = route.path.text
      }
    }
  }

  private mutating func report(_ message: String, at place: Place?, note: Place?) {
    guard let place else { return }
    let notes = note.map { [Diagnostic.Note(place: $0, message: "the other is here")] } ?? []
    reader.error(message, at: place, notes: notes)
  }

  private mutating func check(_ route: RouteSet.Route) {
    for from in route.spec.from {
      switch from {
      case .source(let name): check(name: name)
      case .inline(let spec, _): check(demandOf: spec)
      case .group(let template, let place): check(template, at: place, in: route)
      }
    }
    checkEach(route)
    checkTemplates(route)
    checkDerived(route)
  }

  mutating func check(name: Located<String>) {
    guard routeSet.sources[name.value] == nil, !brokenSources.contains(name.value) else { return }
    let near = Suggestion.nearest(to: name.value, among: sourcePlaces.keys.sorted())
    reader.error("there is no source '\(name.value)'", at: name.place, suggestion: near)
  }

  private mutating func check(_ template: NameTemplate, at place: Place, in route: RouteSet.Route) {
    let known = route.path.parameterNames
    for name in template.parameters where !known.contains(name) {
      reader.error(
        "the path '\(route.path.text)' has no parameter '{\(name)}'", at: place,
        suggestion: Suggestion.nearest(to: name, among: known))
    }
  }

  private mutating func check(source name: String) {
    if let spec = routeSet.sources[name] { check(demandOf: spec) }
  }

  /// What messages decide cannot be in demand before there is a message.
  private mutating func check(demandOf spec: SourceSpec) {
    guard spec.settings.onDemand != nil, let into = spec.settings.into, into.value.name == nil else { return }
    reader.error(
      "'into' with fields cannot stand with 'on_demand': who wants it shows only by messages", at: into.place)
  }

  /// A stream of each subscriber's own has no log to share.
  private mutating func checkEach(_ route: RouteSet.Route) {
    let specs = route.spec.from.compactMap { routeSet.spec(of: $0) }
    guard specs.contains(where: \.isEach), let node = routeNodes[route.path.text] else { return }
    if route.spec.from.count > 1, let place = node["from"]?.place {
      reader.error("a file with 'mode: each' cannot be merged: every subscriber has its own stream", at: place)
    }
    let steps = routeSet.steps(of: route.spec.filters) + specs.flatMap { routeSet.steps(of: $0.settings.filters) }
    for step in steps where step.spec is ExecSpec {
      reader.error("'exec' has no meaning with 'mode: each': every subscriber has its own stream", at: step.place)
    }
    for key in ["history", "replay", "slow", "into", "health"] {
      guard let entry = node.entries?.first(where: { $0.name == key }) else { continue }
      reader.error(
        "'\(key)' has no meaning with 'mode: each': every subscriber has its own stream", at: entry.key.place)
    }
  }

  /// What leaves such a route is not one stream.
  private mutating func checkDerived(_ route: RouteSet.Route) {
    let steps = routeSet.steps(of: route.spec.filters)
    for step in FilterUse.split(steps).own where step.onError == .closeSource {
      reader.error(
        "'close_source' cannot stand where filters use what a request says: no request closes what feeds all",
        at: step.place)
    }
    let use = FilterUse(steps)
    guard !use.isNone, let into = route.spec.into else { return }
    reader.error(
      "'into' cannot stand with filters that use what a request says: there is a stream for each", at: into.place)
  }

  private mutating func checkTemplates(_ route: RouteSet.Route) {
    guard let node = routeNodes[route.path.text] else { return }
    for from in route.spec.from {
      guard case .group(let template, let place) = from, !template.parameters.isEmpty else { continue }
      if route.spec.from.count > 1 {
        reader.error("a group with path parameters cannot be merged with other sources", at: place)
      }
      if let entry = node.entries?.first(where: { $0.name == "into" }) {
        reader.error("'into' cannot stand with a group that has path parameters", at: entry.key.place)
      }
    }
  }

  /// A source that nobody reads is not started: probably a slip, but no error.
  private mutating func checkUse() {
    var used: Set<String> = []
    for route in routeSet.routes {
      for case .source(let name) in route.spec.from { used.insert(name.value) }
    }
    for (name, spec) in routeSet.sources where spec.settings.into == nil && !used.contains(name) {
      if let place = sourcePlaces[name] { reader.warning("source '\(name)' is read by no route", at: place) }
    }
  }

  /// A message that came back to where it was would go round for ever.
  private mutating func checkCycles() {
    var next: [String: [GroupPattern]] = [:]
    for route in routeSet.routes {
      guard let into = route.spec.into?.value else { continue }
      for from in route.spec.from {
        if let name = routeSet.groupName(of: from) { next[name, default: []].append(GroupPattern(into.pattern)) }
      }
    }
    for route in routeSet.routes {
      guard let into = route.spec.into else { continue }
      let starts = route.spec.from.compactMap { routeSet.groupName(of: $0) }
      if starts.contains(where: { Self.reaches($0, from: GroupPattern(into.value.pattern), next) }) {
        reader.error("'into: \(into.value.pattern)' leads back to what this route reads", at: into.place)
      }
    }
  }

  private static func reaches(_ goal: String, from start: GroupPattern, _ next: [String: [GroupPattern]]) -> Bool {
    var seen: Set<GroupPattern> = []
    var open = [start]
    while let pattern = open.popLast() {
      if pattern.matches(goal) { return true }
      guard seen.insert(pattern).inserted else { continue }
      for (name, further) in next where pattern.matches(name) { open += further }
    }
    return false
  }
}

extension PathPattern.Segment {
  /// Without the parameter's name: two paths of one shape match the same requests.
  fileprivate var shape: PathPattern.Segment {
    switch self {
    case .literal: self
    case .parameter: .parameter("")
    case .rest: .rest("")
    }
  }
}

extension RouteSet {
  /// The source that a route reads, if it is one.
  func spec(of from: FromSpec) -> SourceSpec? {
    switch from {
    case .source(let name): sources[name.value]
    case .inline(let spec, _): spec
    case .group: nil
    }
  }

  /// The one group that a route reads, by whatever way it is named.
  func groupName(of from: FromSpec) -> String? {
    if case .group(let template, _) = from { return template.text }
    return (spec(of: from)?.kind as? GroupSource)?.name
  }
}
