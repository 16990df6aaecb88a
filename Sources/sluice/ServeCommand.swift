import ArgumentParser

/// `sluice serve [PATH ...]`
struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Serve what the route files say, until SIGTERM or SIGINT.")

  @OptionGroup var configuration: ConfigurationOptions

  func run() async throws {
    try await Server(routeSet: configuration.loadOrExit()).run()
  }
}
