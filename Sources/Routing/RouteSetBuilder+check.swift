import ConfigText
import Ingest
import Serving

/// What can only be seen when all files are there: names, paths that collide, settings that do not fit together.
extension RouteSetBuilder {
  mutating func check() {
    if routeSet.routes.isEmpty, reader.diagnostics.isEmpty {
      reader.diagnostics.append(Diagnostic("there is no route: nothing would be served", at: nil))
    }
    checkPaths()
    for route in routeSet.routes { check(route) }
    for name in routeSet.sources.keys.sorted() { check(source: name) }
    checkCycles()
    // What is not read because something else is wrong needs no word.
    if !reader.hasErrors { checkUse() }
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
      case .inline(let spec, let place): check(inline: spec, at: place)
      case .group(let template, let place): check(template, at: place, in: route)
      }
    }
    if let into = route.spec.into { check(into: into) }
    checkEach(route)
    checkTemplates(route)
  }

  private mutating func check(name: Located<String>) {
    guard routeSet.sources[name.value] == nil, !brokenSources.contains(name.value) else { return }
    let near = Suggestion.nearest(to: name.value, among: sourcePlaces.keys.sorted())
    reader.error("there is no source '\(name.value)'", at: name.place, suggestion: near)
  }

  /// A source in place lives with its route, which says where it goes.
  private mutating func check(inline spec: SourceSpec, at place: Place) {
    if let into = spec.settings.into { check(into: into) }
  }

  private mutating func check(_ template: NameTemplate, at place: Place, in route: RouteSet.Route) {
    let known = route.path.parameterNames
    for name in template.parameters where !known.contains(name) {
      reader.error(
        "the path '\(route.path.text)' has no parameter '{\(name)}'", at: place,
        suggestion: Suggestion.nearest(to: name, among: known))
    }
  }

  private mutating func check(into: Located<String>) {
    do throws(NameTemplate.Problem) {
      let template = try NameTemplate(into.value)
      if !template.parameters.isEmpty {
        reader.error("'into' is the name of one group, without parameters", at: into.place)
      }
    } catch {
      reader.error(error.message, at: into.place)
    }
  }

  private mutating func check(source name: String) {
    guard let spec = routeSet.sources[name], let into = spec.settings.into else { return }
    check(into: into)
  }

  /// A stream of each subscriber's own has no log to share.
  private mutating func checkEach(_ route: RouteSet.Route) {
    let specs = route.spec.from.compactMap { routeSet.spec(of: $0) }
    guard specs.contains(where: \.isEach), let node = routeNodes[route.path.text] else { return }
    if route.spec.from.count > 1, let place = node["from"]?.place {
      reader.error("a file with 'mode: each' cannot be merged: every subscriber has its own stream", at: place)
    }
    for key in ["history", "replay", "slow", "into", "health"] {
      guard let entry = node.entries?.first(where: { $0.name == key }) else { continue }
      reader.error(
        "'\(key)' has no meaning with 'mode: each': every subscriber has its own stream", at: entry.key.place)
    }
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
    var next: [String: Set<String>] = [:]
    for route in routeSet.routes {
      guard let into = route.spec.into?.value else { continue }
      for from in route.spec.from {
        if let name = routeSet.groupName(of: from) { next[name, default: []].insert(into) }
      }
    }
    for route in routeSet.routes {
      guard let into = route.spec.into else { continue }
      let starts = route.spec.from.compactMap { routeSet.groupName(of: $0) }
      if starts.contains(where: { Self.reaches($0, from: into.value, next) }) {
        reader.error("'into: \(into.value)' leads back to what this route reads", at: into.place)
      }
    }
  }

  private static func reaches(_ goal: String, from start: String, _ next: [String: Set<String>]) -> Bool {
    var seen: Set<String> = []
    var open = [start]
    while let name = open.popLast() {
      if name == goal { return true }
      guard seen.insert(name).inserted else { continue }
      open += next[name] ?? []
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
