import ArgumentParser
import ConfigText
import Routing

/// `sluice check [PATH ...]`
struct CheckCommand: ParsableCommand {
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
  }

  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Check route files and report everything that is wrong with them.",
    discussion: "Exits with 0 when the configuration is right, and with 78 when it is not.")

  @Option(help: "How diagnostics are written: text for people on standard error, json for editors on standard output.")
  var format = Format.text

  @OptionGroup var configuration: ConfigurationOptions

  func run() throws {
    let loaded = configuration.load()
    switch format {
    case .json: StandardStreams.writeOutput(DiagnosticRenderer(texts: loaded.texts).json(loaded.diagnostics))
    case .text: if !loaded.diagnostics.isEmpty { StandardStreams.writeError(loaded.report) }
    }
    guard loaded.isUsable else { throw ExitStatus.configuration }
  }
}
