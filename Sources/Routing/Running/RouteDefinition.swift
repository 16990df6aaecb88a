import ConfigText
import Delivery
import Filters
import Ingest
import Serving
import Streams

/// All that a running route is made of, with what it takes from elsewhere. Pure; equal means that nothing is to be done.
struct RouteDefinition: Equatable {
  var endpoint: EndpointSettings
  var form: RouteForm
  var onError: ErrorPolicy
  /// Filters that are the same for all requests.
  var shared: [FilterStep]
  /// Filters from the first on that uses something of a request.
  var own: [FilterStep]
  /// What the streams of the route keep.
  var history: History
  /// How the route itself gives its messages keys; those of a group it reads come with them.
  var latestBy: FilterExpression?
  /// Payload bytes that a slow subscriber makes its stream hold.
  var holdLimit: Int
  /// How many streams there may be.
  var streamLimit: Int
  /// What feeds the stream, in order.
  var feeders: [Feeder]
  var into: IntoTemplate?
  /// The file, where each subscriber reads it, and the source's name.
  var file: SourceSpec?
  var fileName: String?
  var onRemoval: OnRemoval

  /// What feeds a stream.
  enum Feeder: Hashable {
    case source(String)
    case group(String)
  }

  var steps: [FilterStep] { shared + own }

  /// Whether the stream of another definition of the route goes on as this one's: its ids stay true.
  func continues(_ old: RouteDefinition) -> Bool {
    guard form == old.form else { return false }
    guard case .own = form else { return true }
    return feeders.contains { old.feeders.contains($0) }
  }
}

extension RouteSet {
  /// What a route is made of.
  func definition(of route: Route) -> RouteDefinition {
    let spec = route.spec
    let file = spec.from.count == 1 ? self.spec(of: spec.from[0]).flatMap { $0.isEach ? $0 : nil } : nil
    let steps = (file.map { self.steps(of: $0.settings.filters) } ?? []) + self.steps(of: spec.filters)
    let form = form(of: route, steps, isEach: file != nil)
    let (shared, own) = form.isOwn ? FilterUse.split(steps) : ([], steps)
    return RouteDefinition(
      endpoint: endpoint(of: route), form: form, onError: spec.onError, shared: shared, own: own,
      history: history(of: spec), latestBy: spec.history?.latestBy, holdLimit: spec.slow.lag.bytes,
      streamLimit: server.limits.streams,
      feeders: form.isOwn ? feeders(of: route) : [], into: spec.into?.value, file: file,
      fileName: file.map { _ in name(of: spec.from[0], in: route, at: 0) }, onRemoval: spec.onRemoval)
  }

  private func form(of route: Route, _ steps: [FilterStep], isEach: Bool) -> RouteForm {
    if isEach { return .eachFile }
    let use = FilterUse(steps)
    if route.spec.from.count == 1, let name = groupName(of: route.spec.from[0]), let template = try? NameTemplate(name)
    {
      if steps.isEmpty { return .group(template) }
      if !template.parameters.isEmpty { return .filteredGroups(template, use) }
    }
    return .own(use.isNone ? nil : use)
  }

  /// Each once: what is named twice does not bring its messages twice.
  private func feeders(of route: Route) -> [RouteDefinition.Feeder] {
    route.spec.from.enumerated().reduce(into: []) { feeders, entry in
      let (index, from) = entry
      let feeder: RouteDefinition.Feeder =
        groupName(of: from).map { .group($0) } ?? .source(name(of: from, in: route, at: index))
      if !feeders.contains(feeder) { feeders.append(feeder) }
    }
  }

  /// A source that is written in place is called by its route; the first of several no other than one alone.
  func name(of from: FromSpec, in route: Route, at index: Int) -> String {
    if case .source(let name) = from { return name.value }
    return index == 0 ? route.path.text : "\(route.path.text)#\(index + 1)"
  }
}

extension RouteForm {
  var isOwn: Bool { if case .own = self { true } else { false } }
}
