import ConfigText
import Filters
import Serving

/// Which chain of filters somebody wants to run outside of a server, and with which parameters of a path.
package struct ChainWish: Sendable {
  package enum Text: Sendable {
    /// A file with a list of filters, with `filters:`, or a route file; or a folder of route files.
    case file(String)
    /// The chain itself, in YAML.
    case inline(String)
  }

  package enum Choice: Sendable, Equatable {
    /// The only one there is.
    case only
    case name(String)
    /// The chain of the route with this path, as it is written.
    case route(String)
  }

  package var text: Text
  package var choice: Choice
  /// The names of the parameters that are given.
  package var parameters: Set<String>

  /// The file that diagnostics name for a chain given as text.
  package static let inlineName = "-e"

  package init(_ text: Text, choice: Choice, parameters: Set<String>) {
    self.text = text
    self.choice = choice
    self.parameters = parameters
  }

  /// What is wished is not to be had, for a reason that is no error of the files.
  package struct Problem: Error, Equatable, Sendable {
    package var message: String
    /// What was probably meant.
    package var suggestion: String?

    /// The message with its question.
    package var headline: String { suggestion.map { "\(message); did you mean '\($0)'?" } ?? message }
  }
}

/// A chain that was loaded, or why it cannot be.
package struct LoadedChain: Sendable {
  /// Names in it are resolved, and `on_error` is.
  package var steps: [FilterStep]
  package var diagnostics: [Diagnostic]
  package var texts: SourceTexts

  package var isUsable: Bool { !diagnostics.contains { $0.severity == .error } }

  /// The diagnostics as the operator reads them.
  package var report: String { DiagnosticRenderer(texts: texts).text(diagnostics) }
}

extension ChainWish {
  /// Loads the chain; what is wrong with files comes back as diagnostics.
  ///
  /// - Throws: `Problem` when there is no such chain.
  package func load(environment: [String: String]) throws(Problem) -> LoadedChain {
    let loader = ConfigLoader(environment: environment, takesAnyRoot: true)
    let loaded =
      switch text {
      case .file(let path): loader.load(paths: [path])
      case .inline(let text): loader.load(text: text, file: Self.inlineName)
      }
    var search = ChainSearch(wish: self)
    for document in loaded.documents { search.add(document.root) }
    let diagnostics = loaded.diagnostics + search.builder.reader.diagnostics
    guard !diagnostics.contains(where: { $0.severity == .error }) else {
      return LoadedChain(steps: [], diagnostics: diagnostics, texts: loaded.texts)
    }
    let steps = try search.find()
    return LoadedChain(
      steps: steps, diagnostics: loaded.diagnostics + search.builder.reader.diagnostics, texts: loaded.texts)
  }
}
