import JSONText
import Routing

/// A server's status for programs: one object.
extension ServerStatus {
  var json: String {
    Self.object([
      ("process", "\(process)"), ("generation", "\(generation)"), ("uptime", "\(uptime)"),
      ("connections", "\(connections)"), ("paths", Self.list(paths) { JSONText.quoted($0) }),
      ("listeners", Self.list(listeners) { JSONText.quoted($0) }), ("sources", Self.list(sources) { $0.json }),
      ("routes", Self.list(routes) { $0.json }), ("groups", Self.list(groups) { $0.json }),
      ("last_reload", lastReload.map { Self.trimmed($0.json) } ?? "null"),
      ("last_refusal", lastRefusal.map { JSONText.quoted($0) } ?? "null"),
    ]) + "\n"
  }

  fileprivate static func object(_ members: [(name: String, value: String)]) -> String {
    "{" + members.map { "\"\($0.name)\":\($0.value)" }.joined(separator: ",") + "}"
  }

  private static func list<Entry>(_ entries: [Entry], _ json: (Entry) -> String) -> String {
    "[" + entries.map(json).joined(separator: ",") + "]"
  }

  private static func trimmed(_ text: String) -> String { text.hasSuffix("\n") ? String(text.dropLast()) : text }
}

extension ServerStatus.Source {
  fileprivate var json: String {
    ServerStatus.object([
      ("name", JSONText.quoted(name)), ("kind", JSONText.quoted(kind)), ("state", JSONText.quoted(state.rawValue)),
      ("reason", JSONText.quoted(reason)), ("messages", "\(messages)"), ("bytes", "\(bytes)"),
      ("dropped", "\(dropped)"), ("failures", "\(failures)"),
    ])
  }
}

extension ServerStatus.Route {
  fileprivate var json: String {
    ServerStatus.object([("path", JSONText.quoted(path)), ("subscribers", "\(subscribers)")])
  }
}

extension ServerStatus.Group {
  fileprivate var json: String {
    ServerStatus.object([
      ("name", JSONText.quoted(name)), ("subscribers", "\(subscribers)"), ("messages", "\(messages)"),
    ])
  }
}
