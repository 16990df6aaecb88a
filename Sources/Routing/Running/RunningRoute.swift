import Serving

/// A route that runs: its endpoint, which connections hold, and the stream behind it. Owned by the topology.
final class RunningRoute {
  private(set) var definition: RouteDefinition
  private(set) var stream: any RouteStream
  private(set) var endpoint: Endpoint

  init(_ definition: RouteDefinition, in context: RunningContext) {
    self.definition = definition
    stream = definition.makeStream(in: context)
    endpoint = Endpoint(definition.endpoint, open: stream.open)
  }

  /// Becomes what another definition says; an equal one changes nothing. Returns the stream that has ended, if the route
  /// leads to another now.
  func apply(_ new: RouteDefinition, in context: RunningContext) -> (any RouteStream)? {
    guard new != definition else { return nil }
    let old = (definition: definition, endpoint: endpoint, stream: stream)
    definition = new
    let isSame = new.continues(old.definition)
    if isSame { stream.apply(new) } else { stream = new.makeStream(in: context) }
    endpoint = Endpoint(new.endpoint, counters: old.endpoint.counters, open: stream.open)
    old.endpoint.retire(isSame ? .updated(endpoint) : .moved(endpoint))
    return isSame ? nil : old.stream
  }

  /// It is no more: its connections are closed.
  func retire() { endpoint.retire(.removed(within: definition.onRemoval.time)) }
}

extension OnRemoval {
  /// How long connections may stay.
  var time: Duration {
    switch self {
    case .close: .zero
    case .drain(let time): time
    }
  }
}
