import ArgumentParser
import ConfigText

/// `sluice serve [PATH ...]`
struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Serve what the route files say, until SIGTERM or SIGINT.")

  @OptionGroup var configuration: ConfigurationOptions

  func run() async throws {
    // Named before anything else can happen: the default is chosen once.
    let paths = configuration.named
    try await Server(
      routeSet: configuration.loadOrExit(), paths: paths.map { ConfigPath($0).absolute }
    ).run()
  }
}
