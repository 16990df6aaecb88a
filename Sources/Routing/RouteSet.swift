import ConfigText
import Filters
import Ingest
import Serving

/// A whole configuration: all files together, decoded and checked. Equal when it means the same.
package struct RouteSet: Equatable, Sendable {
  package struct Route: Equatable, Sendable {
    package var path: PathPattern
    package var spec: RouteSpec
  }

  package var server = ServerSpec()
  package var sources: [String: SourceSpec] = [:]
  package var groups: [GroupPattern: GroupSpec] = [:]
  /// Chains of filters by name.
  package var filters: [String: FilterChain] = [:]
  /// By path.
  package var routes: [Route] = []

  package init() {}

  /// The keys of the top level.
  package static let sections = ["server", "sources", "groups", "filters", "routes", "tests"]

  /// The filters of a chain, those of named chains in their places.
  package func steps(of chain: FilterChain) -> [FilterStep] { NamedChains(filters).steps(of: chain) }

  /// The settings of the group of that name: the exact name's, else those of the most specific pattern.
  package func settings(ofGroup name: String) -> GroupSpec? {
    groups.filter { $0.key.matches(name) }.max { ($0.key.weight, $0.key.text) < ($1.key.weight, $1.key.text) }?.value
  }
}

/// A configuration that was loaded, or why it cannot be.
package struct LoadedRouteSet: Sendable {
  package var routeSet: RouteSet
  /// The entries of `tests`.
  package var cases: [CaseSpec] = []
  /// Where each route was defined, by path.
  package var routePlaces: [String: Place] = [:]
  /// Where each source was defined, by name.
  package var sourcePlaces: [String: Place] = [:]
  /// Where it says what is listened on.
  package var listenPlace: Place?
  /// Errors and warnings, in the order of the files.
  package var diagnostics: [Diagnostic]
  package var texts: SourceTexts

  package var isUsable: Bool { !diagnostics.contains { $0.severity == .error } }

  /// The diagnostics as the operator reads them.
  package var report: String { DiagnosticRenderer(texts: texts).text(diagnostics) }
}

extension RouteSet {
  /// Loads files and folders as one configuration; every diagnostic there is comes back, none is thrown.
  package static func load(paths: [String], environment: [String: String]) -> LoadedRouteSet {
    build(ConfigLoader(environment: environment).load(paths: paths))
  }

  /// The same for one text.
  package static func load(text: String, file: String, environment: [String: String] = [:]) -> LoadedRouteSet {
    build(ConfigLoader(environment: environment).load(text: text, file: file))
  }

  private static func build(_ loaded: ConfigLoader.Loaded) -> LoadedRouteSet {
    var builder = RouteSetBuilder()
    for document in loaded.documents { builder.add(document.root) }
    // A file that did not load may define what the others name: their names are checked when all are there.
    if loaded.diagnostics.isEmpty { builder.check() }
    // Where a route stands means nothing: a configuration that was only reordered is equal.
    builder.routeSet.routes.sort { $0.path.text < $1.path.text }
    return LoadedRouteSet(
      routeSet: builder.routeSet, cases: builder.cases, routePlaces: builder.routePlaces,
      sourcePlaces: builder.sourcePlaces, listenPlace: builder.listenPlace,
      diagnostics: loaded.diagnostics + builder.reader.diagnostics, texts: loaded.texts)
  }
}
