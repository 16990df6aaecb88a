import ArgumentParser

/// The command line: each subcommand is a file.
@main
struct Sluice: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sluice",
    abstract: "Routes streams: a feed goes in, live WebSocket, SSE and plain HTTP endpoints come out.",
    discussion: """
      Route files are YAML; see sluice-routes(5). With no PATH they are read from ./routes, or else from \
      /etc/sluice/routes.
      """,
    version: "sluice \(Version.current)",
    subcommands: [
      ServeCommand.self, CheckCommand.self, PipeCommand.self, RoutesCommand.self, FilterCommand.self,
      TestCommand.self, ExplainCommand.self, ReloadCommand.self, PlanCommand.self, StatusCommand.self,
    ])
}

/// The version of this program.
enum Version {
  static let current = "0.1.0"
}
