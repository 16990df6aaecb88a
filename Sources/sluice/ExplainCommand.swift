import ArgumentParser
import Routing
import Serving

/// `sluice explain URL [PATH ...]`
struct ExplainCommand: ParsableCommand {
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
  }

  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Tell how a request would be treated, and why.",
    discussion: """
      Nothing is started: the route files say it all. Example: sluice explain /stocks -H 'Accept: text/event-stream'. \
      A ws: URL asks for a WebSocket. Exits with 0 when the request would be served, \
      and with 1 when it would be refused.
      """)

  @Argument(help: "What is asked for: a path with a query, or a URL.")
  var url: String

  @Option(name: [.customShort("H"), .long], help: "A field of the request's header; may be repeated.")
  var header: [String] = []

  @Option(name: [.customShort("X"), .long], help: "The request's method.")
  var method = "GET"

  @Option(help: "How the explanation is written: text or json.")
  var format = Format.text

  @OptionGroup var configuration: ConfigurationOptions

  func run() throws {
    let request = WrittenRequest(method: method, url: url, headers: try header.map(Self.field))
    let explanation = Explanation(request, try configuration.loadedOrExit())
    StandardStreams.writeOutput(format == .json ? explanation.json : explanation.text)
    guard explanation.isServed else { throw ExitCode.failure }
  }

  private static func field(_ text: String) throws -> (name: String, value: String) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty else { throw ValidationError("'-H \(text)' is not 'NAME: VALUE'.") }
    return (String(parts[0]), String(parts[1].drop { $0 == " " }))
  }
}
