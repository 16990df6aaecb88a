import Routing

/// A server's status as the operator reads it.
extension ServerStatus {
  var text: String {
    var parts = [head]
    parts.append(
      table(["SOURCE", "KIND", "STATE", "MESSAGES", "BYTES", "DROPPED", "FAILURES", "REASON"], sources) {
        [
          $0.name, $0.kind, $0.state.rawValue, "\($0.messages)", "\($0.bytes)", "\($0.dropped)", "\($0.failures)",
          $0.reason,
        ]
      })
    parts.append(table(["ROUTE", "SUBSCRIBERS"], routes) { [$0.path, "\($0.subscribers)"] })
    parts.append(
      table(["GROUP", "SUBSCRIBERS", "MESSAGES"], groups) { [$0.name, "\($0.subscribers)", "\($0.messages)"] })
    if let lastReload { parts.append("last reload:\n" + Self.indented(lastReload.text)) }
    if let lastRefusal { parts.append("the last reload was refused:\n" + Self.indented(lastRefusal)) }
    return parts.filter { !$0.isEmpty }.joined(separator: "\n")
  }

  private var head: String {
    var rows = [
      ["process", "\(process)"], ["uptime", Self.words(seconds: uptime)], ["generation", "\(generation)"],
      ["connections", "\(connections)"],
    ]
    rows += paths.enumerated().map { [$0 == 0 ? "files" : "", LineLog.oneLine($1)] }
    rows += listeners.enumerated().map { [$0 == 0 ? "listening" : "", $1] }
    return TextTable(rows: rows).text
  }

  /// Nothing at all without entries.
  private func table<Entry>(_ names: [String], _ entries: [Entry], row: (Entry) -> [String]) -> String {
    guard !entries.isEmpty else { return "" }
    return TextTable(rows: [names] + entries.map { row($0).map(LineLog.oneLine) }).text
  }

  private static func indented(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "" : "  \($0)" }
      .joined(separator: "\n") + (text.hasSuffix("\n") ? "" : "\n")
  }

  /// "2d 3h", "5m 7s": the two largest units.
  static func words(seconds: Int) -> String {
    let units = [("d", seconds / 86400), ("h", seconds / 3600 % 24), ("m", seconds / 60 % 60), ("s", seconds % 60)]
    let used = units.drop { $0.1 == 0 }.prefix(2)
    return used.isEmpty ? "0s" : used.map { "\($0.1)\($0.0)" }.joined(separator: " ")
  }
}
