import ArgumentParser
import Routing

/// `sluice test [PATH ...]`
struct TestCommand: ParsableCommand {
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
    case junit
  }

  static let configuration = CommandConfiguration(
    commandName: "test", abstract: "Run the tests in route files.",
    discussion: """
      They stand under 'tests' and are run without a server: filters get messages, under a clock of their own, and \
      requests are matched with routes. Exits with 0 when all pass, with 1 when one fails, and with 78 when the \
      configuration is wrong.
      """)

  @Option(help: "How results are written to standard output: text, json, or junit, which is XML.")
  var format = Format.text

  @Option(help: "Runs only the tests whose name contains this text.")
  var filter: String?

  @OptionGroup var configuration: ConfigurationOptions

  func run() throws {
    let loaded = try configuration.loadedOrExit()
    let cases = loaded.cases.filter { spec in filter.map { spec.name.contains($0) } ?? true }
    let runner = CaseRunner(loaded.routeSet)
    let report = CaseReport(cases.map { runner.run($0) })
    switch format {
    case .json: StandardStreams.writeOutput(report.json)
    case .junit: StandardStreams.writeOutput(report.junit)
    case .text: StandardStreams.writeOutput(cases.isEmpty ? nothing(of: loaded.cases.count) : report.text)
    }
    guard report.failed.isEmpty else { throw ExitCode.failure }
  }

  private func nothing(of count: Int) -> String {
    guard let filter, count > 0 else { return "there are no tests\n" }
    return "none of \(count) tests has '\(filter)' in its name\n"
  }
}
