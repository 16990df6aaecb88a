import ArgumentParser
import JSONText
import Routing

/// `FEED | sluice pipe PATH`
struct PipeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pipe", abstract: "Serve standard input at a path, without any configuration.",
    discussion: """
      Example: stock-feed | sluice pipe /stocks, then curl -N localhost:8080/stocks. A new subscriber gets what history \
      holds and then what is new. After the end of input what history holds stays to be had, until SIGTERM or SIGINT.
      """)

  @Argument(help: "The path to serve at, such as /stocks.")
  var path: String

  @Option(help: "Where connections are accepted: :8080, 127.0.0.1:8080, [::1]:8080 or unix:PATH.")
  var listen = ":8080"

  @Option(help: "How the input is cut into messages: lines, chunks, netstring, sse.")
  var framing = "lines"

  @Option(help: "How many messages are kept for subscribers that join later.")
  var history = 1000

  func run() async throws {
    let loaded = RouteSet.load(text: text, file: "command line")
    guard loaded.isUsable else {
      StandardStreams.writeError(loaded.diagnostics.map { "sluice pipe: \($0.message)\n" }.joined())
      throw ExitCode.validationFailure
    }
    try await Server(routeSet: loaded.routeSet).run()
  }

  /// The configuration that the command line stands for: one route, checked as any other.
  private var text: String {
    """
    server: {listen: \(quoted(listen))}
    routes:
      \(quoted(path)):
        from: {pipe: "-", framing: \(quoted(framing))}
        history: {messages: \(history), size: 64MiB}
        replay: all
        slow: {wait: 5s}
    """
  }

  /// A double-quoted YAML scalar, which a JSON string is; `$` is not an environment value here.
  private func quoted(_ text: String) -> String {
    JSONText.quoted(text).split(separator: "$", omittingEmptySubsequences: false).joined(separator: "$$")
  }
}
