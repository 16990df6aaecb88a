/// One thing an operator should know about the configuration: what is wrong, where, and what was probably meant.
package struct Diagnostic: Hashable, Sendable {
  /// Whether the configuration can be used all the same.
  package enum Severity: String, Sendable {
    case error, warning
  }

  /// Another place that explains the diagnostic, such as "first defined here".
  package struct Note: Hashable, Sendable {
    /// Where the explanation is to be seen.
    package var place: Place
    /// What is to be seen there.
    package var message: String

    /// A note on a place.
    package init(place: Place, message: String) {
      self.place = place
      self.message = message
    }
  }

  /// An error refuses the configuration, a warning does not.
  package var severity: Severity
  /// Where, or nil for what is in no file's text (a file that cannot be opened).
  package var place: Place?
  /// What is wrong, in lower case and without a full stop.
  package var message: String
  /// What was probably meant; shown as "; did you mean '…'?".
  package var suggestion: String?
  /// Other places that explain it.
  package var notes: [Note]

  /// A diagnostic, an error unless told otherwise.
  package init(
    _ message: String, at place: Place?, severity: Severity = .error, suggestion: String? = nil, notes: [Note] = []
  ) {
    self.severity = severity
    self.place = place
    self.message = message
    self.suggestion = suggestion
    self.notes = notes
  }

  /// The message with its question, without its place.
  package var headline: String {
    suggestion.map { "\(message); did you mean '\(VisibleText.oneLine($0))'?" } ?? message
  }
}

/// The operator's text is wrong: all diagnostics of a load, and the texts to show them with.
package struct ConfigError: Error {
  /// Every diagnostic there is, warnings too.
  package var diagnostics: [Diagnostic]
  /// The texts the diagnostics point into.
  package var texts: SourceTexts

  /// An error of these diagnostics.
  package init(diagnostics: [Diagnostic], texts: SourceTexts) {
    self.diagnostics = diagnostics
    self.texts = texts
  }
}
