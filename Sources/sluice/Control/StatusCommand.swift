import ArgumentParser

/// `sluice status [PATH ...]`
struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Tell how the server does: its sources, routes and groups, and the last reload.",
    discussion: "PATH only says where to look for server.control.")

  @Flag(help: "Write one JSON object.")
  var json = false

  @OptionGroup var control: ControlOptions

  /// Seconds for the answer.
  static let patience = 30

  func run() throws { try control.ask(.status(isJSON: json), patience: Self.patience) }
}
