import ArgumentParser
import ConfigText
import Filters
import Ingest
import Routing

/// `sluice filter -f FILTERS < in > out`
struct FilterCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "filter", abstract: "Run a chain of filters on standard input.",
    discussion: """
      Messages come from standard input, a line each, and go to standard output. Example: sluice filter -e '[{where: \
      msg.price > 100}, {pick: [symbol, price]}]' < ticks.jsonl. See sluice-filters(7).
      """)

  @Option(name: .short, help: "A file with a list of filters or with 'filters:'; also a route file.")
  var file: String?

  @Option(name: .short, help: "The chain itself, as YAML.")
  var expression: String?

  @Option(help: "Which of the file's named chains.")
  var name: String?

  @Option(help: "The chain of the route with this path, as it is written in the file.")
  var route: String?

  @Option(help: "A parameter of the path, such as symbol=ACME; may be repeated.")
  var param: [String] = []

  @Option(help: "A parameter of the query, such as limit=5; may be repeated.")
  var query: [String] = []

  @Option(help: "How the input is cut into messages: lines, chunks, netstring, sse, '{delimiter: \"\\0\"}', ….")
  var framing = "lines"

  @Flag(help: "Exit with status 1 if there was a message that a filter could not deal with.")
  var fail = false

  func validate() throws {
    guard (file == nil) != (expression == nil) else { throw ValidationError("Give the chain with either -f or -e.") }
    guard name == nil || route == nil else { throw ValidationError("Give either --name or --route.") }
  }

  func run() throws {
    let path = try NamedValue.all(param, "--param")
    let parameters = FilterParameters(path: path, query: try NamedValue.all(query, "--query"))
    let chain = try load(Set(path.keys))
    let pipeline = Pipeline(chain.steps, parameters: parameters)
    var loop = FilterLoop(pipeline, framing: try parsedFraming)
    do throws(StreamFailure) {
      try loop.run()
    } catch {
      loop.report()
      if let text = error.message { StandardStreams.writeError("sluice filter: \(text)\n") }
      throw ExitStatus.inputOutput
    }
    loop.report()
    if loop.isClosed || fail && loop.hasFailures { throw ExitCode.failure }
  }

  private func load(_ parameters: Set<String>) throws -> LoadedChain {
    let text = file.map { ChainWish.Text.file($0) } ?? .inline(expression ?? "")
    let choice = name.map { ChainWish.Choice.name($0) } ?? route.map { .route($0) } ?? .only
    let loaded: LoadedChain
    do throws(ChainWish.Problem) {
      loaded = try ChainWish(text, choice: choice, parameters: parameters).load(environment: Environment.current)
    } catch {
      throw refusal(error.headline)
    }
    if !loaded.diagnostics.isEmpty { StandardStreams.writeError(loaded.report) }
    guard loaded.isUsable else { throw ExitStatus.configuration }
    return loaded
  }
}

extension FilterCommand {
  /// The command line is wrong in a way that shows only with the files.
  private func refusal(_ text: String) -> ExitCode {
    StandardStreams.writeError("sluice filter: \(LineLog.oneLine(text))\n")
    return .validationFailure
  }

  /// What `--framing` means in a route file.
  private var parsedFraming: Framing {
    get throws {
      let loaded = ConfigLoader(environment: [:], takesAnyRoot: true).load(text: framing, file: "--framing")
      var reader = ConfigReader()
      reader.diagnostics = loaded.diagnostics
      let decoded = loaded.documents.first.flatMap { Framing.decode($0.root, &reader) }
      guard let decoded, !reader.hasErrors else {
        throw refusal("--framing: \(reader.diagnostics.first?.headline ?? "it is empty")")
      }
      return decoded
    }
  }
}

/// `NAME=VALUE` on a command line.
enum NamedValue {
  /// By name; of two of one name the last counts.
  static func all(_ texts: [String], _ option: String) throws -> [String: String] {
    var values: [String: String] = [:]
    for text in texts {
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty else { throw ValidationError("'\(option) \(text)' is not NAME=VALUE.") }
      values[String(parts[0])] = String(parts[1])
    }
    return values
  }
}
