import Glibc
import TestSupport

/// A route file, as a value: names, and their settings in YAML's flow style.
struct RouteFile: Equatable {
  /// Addresses.
  var listen = ["127.0.0.1:0"]
  /// Other keys of `server`.
  var server: [String: String] = [:]
  var sources: [String: String] = [:]
  var groups: [String: String] = [:]
  var filters: [String: String] = [:]
  var routes: [String: String] = [:]

  /// The numbered feed at `/feed`, each message marked with a letter.
  static func feed(rate: Int, mark: Character = "a") -> RouteFile {
    var file = RouteFile()
    file.sources["feed"] = exec(rate: rate)
    file.setMark(mark)
    return file
  }

  /// A source: this program as the feed.
  static func exec(rate: Int) -> String { "{exec: [\"\(ownPath)\", \"--feed\", \"\(rate)\"]}" }

  /// Filters that mark each message, and drop none.
  static func marking(_ mark: Character) -> String { "[{where: msg.n > 0}, {set: {via: '\"\(mark)\"'}}]" }

  mutating func setMark(_ mark: Character) { setFilters(Self.marking(mark)) }

  mutating func setFilters(_ filters: String) {
    routes["/feed"] = "{from: feed, history: {messages: 200}, replay: none, filters: \(filters)}"
  }

  private static var ownPath: String {
    var path = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &path, 4095)
    return String(decoding: path.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  var text: String {
    let listen = "  listen: [\(listen.map { "\"\($0)\"" }.joined(separator: ", "))]\n"
    return "server:\n\(listen)\(Self.lines(server))" + Self.section("sources", sources)
      + Self.section("groups", groups) + Self.section("filters", filters) + Self.section("routes", routes)
  }

  private static func section(_ name: String, _ things: [String: String]) -> String {
    things.isEmpty ? "" : "\(name):\n\(lines(things))"
  }

  private static func lines(_ things: [String: String]) -> String {
    things.sorted { $0.key < $1.key }.map { "  \"\($0.key)\": \($0.value)\n" }.joined()
  }
}

extension RouteFile {
  /// What a reload from another file to this one is to say, but for what has changed under the same name, which the
  /// caller adds.
  func plan(from old: RouteFile, changed: (inout ServerReport.Plan) -> Void) -> ServerReport.Plan {
    var plan = ServerReport.Plan()
    changed(&plan)
    plan.routes.compare(old.routes.keys, routes.keys)
    plan.sources.compare(old.sources.keys, sources.keys)
    plan.groups.compare(old.groups.keys, groups.keys)
    plan.filters.compare(old.filters.keys, filters.keys)
    plan.listeners.compare(old.listen, listen)
    return plan
  }
}

extension ServerReport.Changes {
  fileprivate mutating func compare(_ old: some Sequence<String>, _ new: some Sequence<String>) {
    let (old, new) = (Set(old), Set(new))
    added = new.subtracting(old).sorted()
    removed = old.subtracting(new).sorted()
    kept = old.intersection(new).count - changed.count
  }
}
