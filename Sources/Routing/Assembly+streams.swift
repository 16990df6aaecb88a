import Delivery
import Filters
import Ingest
import Serving
import Streams

/// How a request gets its stream.
typealias Opener = @Sendable (StreamRequest) throws -> StreamLease

/// The streams of routes.
extension Assembly {
  mutating func opener(of route: RouteSet.Route) -> Opener {
    let spec = route.spec
    let steps = routeSet.steps(of: spec.filters)
    if spec.from.count == 1 {
      let name = name(of: spec.from[0], in: route, at: 0)
      if let source = routeSet.spec(of: spec.from[0]), let file = EachFile(source, name: name) {
        return open(file, through: routeSet.steps(of: source.settings.filters) + steps, spec.onError)
      }
      if let name = routeSet.groupName(of: spec.from[0]), let template = try? NameTemplate(name) {
        if steps.isEmpty { return openGroup(template, spec) }
        if !template.parameters.isEmpty { return openFiltered(template, route, steps) }
      }
    }
    let (shared, own) = FilterUse.split(steps)
    let group = ownGroup(of: route, through: shared)
    guard own.isEmpty else { return openDerived(from: group, own, route) }
    return { _ in StreamLease(group: group) }
  }

  // MARK: - A file for each

  private func open(_ file: EachFile, through steps: [FilterStep], _ onError: ErrorPolicy) -> Opener {
    { [context] request in
      let parameters = FilterParameters(path: request.parameters.byName, query: request.query)
      let pipeline = Pipeline(steps, onError: onError, parameters: parameters)
      do throws(SourceFailure) {
        let group = try file.open(after: request.token, through: pipeline, context: context)
        return StreamLease(group: group, isPrivate: true)
      } catch {
        throw Unavailable(reason: error.reason, isMissing: error.isMissing)
      }
    }
  }

  // MARK: - Named groups

  /// A named group, held by its subscribers; with `into`, or without parameters, also by the configuration.
  private func openGroup(_ template: NameTemplate, _ spec: RouteSpec) -> Opener {
    if let into = spec.into {
      acquire(template.text).forward(to: sink(for: into.value, of: "group '\(template.text)'"))
    }
    return { [pool, settings] request in
      let name = try template.group(of: request)
      let group = pool.acquire(name, settings.settings(ofGroup: name, for: spec))
      return StreamLease(group: group) { pool.release(name) }
    }
  }

  /// The filtered streams of a named group.
  private func openFiltered(_ template: NameTemplate, _ route: RouteSet.Route, _ steps: [FilterStep]) -> Opener {
    let (spec, use) = (route.spec, FilterUse(steps))
    let streams = GroupStreams(
      derivedSettings(of: route, steps), pool: pool,
      groupSettings: { [settings] in settings.settings(ofGroup: $0, for: spec) }, timers: context.eventLoopGroup,
      logger: context.logger, makeGroup: settings.groupMaker(for: route))
    return { request in
      let name = try template.group(of: request)
      let parameters = use.parameters(path: request.parameters.byName, query: request.query)
      do throws(DerivedStreams.LimitReached) {
        let group = try streams.acquire(name, parameters)
        return StreamLease(group: group) { streams.release(name, parameters) }
      } catch {
        throw Unavailable(reason: "there are as many streams as 'streams' of server.limits allows")
      }
    }
  }

  // MARK: - Derived streams

  private func derivedSettings(of route: RouteSet.Route, _ steps: [FilterStep]) -> DerivedStreams.Settings {
    DerivedStreams.Settings(
      name: "route '\(route.path.text)'", steps: steps, onError: route.spec.onError,
      history: routeSet.history(of: route.spec),
      holdLimit: route.spec.slow.lag.bytes, limit: routeSet.server.limits.streams)
  }

  /// A stream for each distinct value of what the filters use of a request.
  private func openDerived(from base: Group, _ steps: [FilterStep], _ route: RouteSet.Route) -> Opener {
    let use = FilterUse(steps)
    let streams = DerivedStreams(
      derivedSettings(of: route, steps), of: base, timers: context.eventLoopGroup, logger: context.logger,
      makeGroup: settings.groupMaker(for: route))
    base.forward(to: streams)
    return { request in
      let parameters = use.parameters(path: request.parameters.byName, query: request.query)
      do throws(DerivedStreams.LimitReached) {
        let group = try streams.acquire(parameters)
        return StreamLease(group: group) { streams.release(parameters) }
      } catch {
        throw Unavailable(reason: "there are as many streams as 'streams' of server.limits allows")
      }
    }
  }

  // MARK: - The route's own stream

  /// The route's own stream, into which its sources are merged, through its filters.
  private mutating func ownGroup(of route: RouteSet.Route, through steps: [FilterStep]) -> Group {
    let spec = route.spec
    let log = StreamLog(history: routeSet.history(of: spec).union(.none), holdLimit: spec.slow.lag.bytes)
    let group = settings.groupMaker(for: route)(route.path.text, log)
    let feeders = SourceList()
    var entrance: any Sink = group
    var pipeline: RunningPipeline?
    if !steps.isEmpty {
      let made = self.pipeline(steps, spec.onError, "route '\(route.path.text)'", isHeld: true, closing: feeders)
      made.setSinks([group])
      entrance = made
      pipeline = made
    }
    var bases: [Group] = []
    for (index, from) in spec.from.enumerated() {
      if let name = routeSet.groupName(of: from) {
        let base = acquire(name)
        base.forward(to: entrance)
        bases.append(base)
      } else if let source = routeSet.spec(of: from) {
        let name = name(of: from, in: route, at: index)
        feeders.add(feed(entrance, from: source, named: name))
        if case .inline = from, let into = source.settings.into {
          feed(sink(for: into.value, of: "source '\(name)'"), from: source, named: name)
        }
      }
    }
    if let into = spec.into { group.forward(to: sink(for: into.value, of: "route '\(route.path.text)'")) }
    pipeline?.begin(
      behind: bases.count == 1 && spec.from.count == 1 ? bases[0] : nil, within: routeSet.history(of: spec))
    return group
  }

  /// A source written in place is called by its route.
  private func name(of from: FromSpec, in route: RouteSet.Route, at index: Int) -> String {
    if case .source(let name) = from { return name.value }
    return route.spec.from.count == 1 ? route.path.text : "\(route.path.text)#\(index + 1)"
  }
}

extension NameTemplate {
  /// The name for a request.
  fileprivate func group(of request: StreamRequest) throws -> String {
    guard let name = name(request.parameters) else {
      throw Unavailable(reason: "the group's name would be too long", isMissing: true)
    }
    return name
  }
}

extension PathParameters {
  var byName: [String: String] {
    Dictionary(zip(names, values), uniquingKeysWith: { _, last in last })
  }
}
