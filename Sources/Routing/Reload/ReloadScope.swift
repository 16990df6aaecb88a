/// What keys belong to, when it comes to their effect. The tables of fields say what keys there are; here stands, for
/// each of them, when a change of it takes effect. Manual, plan and server go by this.
package enum ReloadScope: String, CaseIterable, Sendable {
  case server, sources, groups, routes

  /// Keys that take effect in the same way, in the order of manuals.
  package struct Rule: Equatable, Sendable {
    package var keys: [String]
    package var effect: ReloadEffect

    init(_ effect: ReloadEffect, _ keys: String...) {
      self.effect = effect
      self.keys = keys
    }
  }

  /// When a change of a key takes effect; `nil`: there is no such key. Keys are named as `FieldTable.changes` names
  /// them.
  package func effect(of key: String) -> ReloadEffect? { rules.first { $0.keys.contains(key) }?.effect }

  /// All keys, each in one rule.
  package var rules: [Rule] {
    switch self {
    case .server: Self.serverRules
    case .sources: Self.sourceRules
    case .groups: Self.groupRules
    case .routes: Self.routeRules
    }
  }

  private static let serverRules = [
    Rule(.rebind, "listen"),
    Rule(.now, "log.level", "limits.message", "shutdown_grace", "watch"),
    Rule(
      .newConnections, "limits.connections", "limits.connections_per_address", "limits.new_connections",
      "limits.header_bytes", "limits.header_count", "limits.header_time", "limits.streams", "limits.compression_memory",
      "compression.mode", "compression.level", "compression.threshold", "trusted_proxies"),
    Rule(.serverRestart, "loops", "control"),
  ]

  /// Of all kinds of sources; `create`, `connections` and the like mean the same for each kind that has them.
  private static let sourceRules = [
    Rule(
      .sourceRestart, "exec", "restart", "cwd", "env", "user", "pipe", "create", "file", "mode", "from", "rate",
      "speed", "speed.field", "speed.factor", "loop", "tcp", "tcp_listen", "connections", "unix", "unix_listen",
      "interval", "text", "framing", "max_message", "on_demand", "on_demand.linger", "stale_after"),
    Rule(.newStream, "group"),
    Rule(.betweenMessages, "filters", "on_error", "into"),
  ]

  private static let groupRules = [
    Rule(.now, "history", "history.messages", "history.age", "history.size", "history.keys"),
    Rule(.newKeys, "history.latest_by"),
  ]

  private static let routeRules = [
    Rule(.newStream, "from"),
    Rule(.betweenMessagesOrStreams, "filters"),
    Rule(.betweenMessages, "on_error"),
    Rule(
      .now, "history", "history.messages", "history.age", "history.size", "history.keys", "slow.lag", "slow.then",
      "slow.wait", "health", "publish", "publish.to", "publish.limit.message", "keepalive", "retry", "on_removal",
      "into"),
    Rule(.newKeys, "history.latest_by"),
    Rule(
      .newConnections, "protocols", "replay", "content_type", "subprotocols", "compression", "compression.mode",
      "compression.level", "compression.threshold", "origins"),
  ]
}
