import ArgumentParser
import Routing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The `[PATH ...]` that most commands take, and loading what they name.
struct ConfigurationOptions: ParsableArguments {
  @Argument(
    help: "Route files, or folders of them. Without any: ./routes, else /etc/sluice/routes.", completion: .file())
  var paths: [String] = []

  /// Loads the configuration.
  func load() -> LoadedRouteSet {
    RouteSet.load(paths: named, environment: Environment.current)
  }

  /// What is loaded.
  var named: [String] { paths.isEmpty ? [Self.defaultPath] : paths }

  /// Loads it, shows what there is to say on standard error, and exits with `EX_CONFIG` when it is wrong.
  func loadOrExit() throws -> RouteSet { try loadedOrExit().routeSet }

  /// The same, with all that was loaded.
  func loadedOrExit() throws -> LoadedRouteSet {
    let loaded = load()
    if !loaded.diagnostics.isEmpty { StandardStreams.writeError(loaded.report) }
    guard loaded.isUsable else { throw ExitStatus.configuration }
    return loaded
  }

  private static var defaultPath: String {
    access("routes", F_OK) == 0 ? "routes" : access("/etc/sluice/routes", F_OK) == 0 ? "/etc/sluice/routes" : "routes"
  }
}
