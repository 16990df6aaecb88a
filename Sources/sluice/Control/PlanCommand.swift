import ArgumentParser
import ConfigText

/// `sluice plan [PATH ...]`
struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "Tell what a reload would do, without doing it.",
    discussion: """
      The server compares the files at PATH, or without any its own, with what it runs. Exits with 0, whether there is \
      something to do or not, and with 1 when a reload would be refused.
      """)

  @Flag(help: "Write one JSON object.")
  var json = false

  @OptionGroup var control: ControlOptions

  func run() throws {
    let paths = control.configuration.paths.map { ConfigPath($0).absolute }
    try control.ask(.plan(paths: paths, isJSON: json), patience: StatusCommand.patience)
  }
}
