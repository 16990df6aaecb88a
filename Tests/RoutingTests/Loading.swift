import Routing
import Testing

/// The configuration of a text, which must be right.
func routeSet(_ text: String, file: String = "a.yaml") throws -> RouteSet {
  try RouteSet.load(text: text, file: file).usable
}

extension LoadedRouteSet {
  /// The configuration, which must be right.
  var usable: RouteSet {
    get throws {
      let (isUsable, report) = (isUsable, report)
      try #require(isUsable, "\(report)")
      return routeSet
    }
  }
}

/// What a reload from one text to another would do.
func plan(_ old: String, _ new: String) throws -> ReloadPlan {
  try ReloadPlan(from: routeSet(old), to: routeSet(new))
}

/// What one change in the settings of route /x would do to it, as "keys".
func keys(ofRoute old: String, _ new: String) throws -> [String] {
  func text(_ settings: String) -> String {
    "sources: {a: {exec: x}, b: {exec: y}}\nroutes: {/x: {\(settings.contains("from:") ? "" : "from: a, ")\(settings)}}"
  }
  return try plan(text(old), text(new)).changes[.routes]?.changed.flatMap(\.keys) ?? []
}

/// The same for a source.
func keys(ofSource old: String, _ new: String) throws -> [String] {
  func text(_ settings: String) -> String { "sources: {a: {\(settings)}}\nroutes: {/x: {from: a}}" }
  return try plan(text(old), text(new)).changes[.sources]?.changed.flatMap(\.keys) ?? []
}

/// The same for the server.
func keys(ofServer old: String, _ new: String) throws -> [String] {
  func text(_ settings: String) -> String { "server: {\(settings)}\nroutes: {/x: {from: {exec: x}}}" }
  return try plan(text(old), text(new)).server
}
