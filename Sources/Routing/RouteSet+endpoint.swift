import Ingest
import Serving
import Streams

/// Routes as requests see them.
extension RouteSet {
  /// A route as requests see it.
  func endpoint(of route: Route) -> EndpointSettings {
    let spec = route.spec
    var endpoint = EndpointSettings(
      path: route.path, protocols: Set(spec.protocols), contentType: contentType(of: spec), history: history(of: spec),
      replay: spec.replay?.replay ?? .unheard, slow: spec.slow.policy, health: spec.health, isBinary: isBinary(spec))
    endpoint.origins = spec.origins
    endpoint.retry = spec.retry
    endpoint.keepAlive = spec.keepAlive
    endpoint.subprotocols = spec.subprotocols
    endpoint.compression = compressionSpec(of: spec).compression
    endpoint.publish = publish(of: spec)
    return endpoint
  }

  /// What becomes of messages that clients of a route send.
  func publish(of route: RouteSpec) -> Publish {
    let limit = server.limits.message
    return route.publish?.publish(limit: limit) ?? Publish(messageLimit: limit.bytes)
  }

  /// How a route compresses: as it says, else as the server says.
  func compressionSpec(of route: RouteSpec) -> CompressionSpec { route.compression ?? server.compression }

  /// What is kept of a route's streams.
  func history(of route: RouteSpec) -> History { historySpec(of: route).history }

  /// The settings of that: the route's own, else those of the one group that it reads.
  func historySpec(of route: RouteSpec) -> HistorySpec {
    if let own = route.history { return own }
    guard route.from.count == 1, let name = groupName(of: route.from[0]) else { return HistorySpec() }
    return settings(ofGroup: name)?.history ?? HistorySpec()
  }

  /// Whether what a route gives out is no lines of text.
  func isBinary(_ route: RouteSpec) -> Bool {
    !route.isLines || route.from.contains { spec(of: $0)?.settings.framing.isTextLines == false }
  }

  /// The media type of a route's plain stream.
  func contentType(of route: RouteSpec) -> String {
    if let type = route.contentType { return type }
    let isOpaque = route.from.contains { spec(of: $0)?.settings.framing == .chunks }
    return isOpaque ? "application/octet-stream" : "text/plain; charset=utf-8"
  }
}
