import ConfigText
import Filters
import Ingest
import Serving

/// What stands behind a route.
extension Explanation {
  mutating func addStream(of route: RouteSet.Route, _ routeSet: RouteSet) {
    let spec = route.spec
    add("source", spec.from.map { source($0, routeSet) })
    addFilters(of: route, routeSet)
    let isEach = spec.from.contains { routeSet.spec(of: $0)?.isEach == true }
    if let token = answer.subscription?.resume.token {
      add("resume", "behind \(token)")
    } else if !isEach {
      add("replay", spec.replay?.text ?? "none; the very first subscriber gets all")
    }
    if !isEach {
      add("history", routeSet.historySpec(of: spec).text)
      add("slow", "\(spec.slow.then.rawValue) at \(spec.slow.lag.configText), waits \(spec.slow.wait.configText)")
    }
    add("compression", routeSet.compressionSpec(of: spec).text)
    let limit = spec.publish?.limit.message ?? routeSet.server.limits.message
    add("publish", spec.publish.map { "to \($0.to.rawValue), messages up to \(limit.configText)" } ?? "refused")
    add("limits", routeSet.server.limits.texts)
  }

  /// `ticks: exec, on demand`, `group room.lobby`.
  private func source(_ from: FromSpec, _ routeSet: RouteSet) -> String {
    switch from {
    case .group(let template, _):
      return "group \(answer.subscription.flatMap { template.name($0.parameters) } ?? template.text)"
    case .source(let name):
      guard let spec = routeSet.sources[name.value] else { return name.value }
      return "\(name.value): \(spec.text)"
    case .inline(let spec, _): return spec.text
    }
  }

  private mutating func addFilters(of route: RouteSet.Route, _ routeSet: RouteSet) {
    let sources = route.spec.from.compactMap { routeSet.spec(of: $0) }
    add("source_filters", sources.flatMap { routeSet.steps(of: $0.settings.filters) }.map(\.text))
    let (shared, own) = FilterUse.split(routeSet.steps(of: route.spec.filters))
    add("filters", shared.map(\.text))
    guard !own.isEmpty else { return }
    add("filters_per_value", own.map(\.text))
    add("values", FilterUse(own).names)
    add(
      "index",
      EqualityIndex(own, onError: route.spec.onError)?.text ?? "none: every message passes the filters of every stream")
  }
}

extension SourceSpec {
  /// Its kind, and what it does beyond that.
  fileprivate var text: String {
    let kind = type(of: kind).key + (isEach ? ", for each subscriber" : "")
    return settings.onDemand == nil ? kind : "\(kind), on demand"
  }
}

extension FilterStep {
  /// `where: msg.price > 100 (routes/stocks.yaml:9:7)`.
  fileprivate var text: String {
    let expressions = spec.expressions.map(\.text)
    let what = expressions.isEmpty ? key : "\(key): \(expressions.joined(separator: ", "))"
    return "\(what) (\(place.text))"
  }
}

extension HistorySpec {
  /// `1000 messages, 1MiB, 10m`.
  fileprivate var text: String {
    var parts = ["\(messages) messages", size.configText]
    if let age { parts.append(age.configText) }
    if let latestBy { parts.append("the latest by \(latestBy.text)") }
    return parts.joined(separator: ", ")
  }
}

extension CompressionSpec {
  /// `shared, level 6, messages from 32 bytes`.
  fileprivate var text: String {
    mode == .off ? "off" : "\(mode.rawValue), level \(level), messages from \(threshold.bytes) bytes"
  }
}

extension ReplaySpec {
  fileprivate var text: String {
    switch self {
    case .none: "none"
    case .last: "last"
    case .all: "all"
    case .messages(let count): "\(count)"
    }
  }
}

extension LimitsSpec {
  /// Those that a subscriber may meet.
  fileprivate var texts: [String] {
    var texts: [String] = []
    if let connections { texts.append("connections: \(connections)") }
    if let connectionsPerAddress { texts.append("connections_per_address: \(connectionsPerAddress)") }
    if let newConnections {
      texts.append("new_connections: \(newConnections.count) in \(newConnections.per.configText)")
    }
    return texts
  }
}
