/// Why an expression has no value for a message.
package struct EvaluationError: Error, Sendable, Equatable {
  package let reason: Reason
  /// Where in the expression; nil: not known.
  package private(set) var span: SourceSpan?

  init(_ reason: Reason, at span: SourceSpan? = nil) {
    self.reason = reason
    self.span = span
  }

  /// The same, at a place if it has none yet.
  func at(_ place: SourceSpan) -> EvaluationError {
    EvaluationError(reason, at: span ?? place)
  }

  /// The kinds of failure.
  package enum Reason: Sendable, Equatable {
    case noSuchField(String)
    case noSuchKey(String)
    case indexOutOfRange(Int64)
    case divideByZero
    /// A result that its type cannot hold.
    case overflow(String)
    /// An operator or function got types it has no meaning for.
    case noSuchOverload(String)
    case badConversion(String)
    case badArgument(String)
    case repeatedKey
    case badPattern(String)
    /// The value of an optional that has none.
    case noValue
    case costLimit
  }

  package var message: String {
    switch reason {
    case .noSuchField(let name): "no such field: \(name)"
    case .noSuchKey(let key): "no such key: \(key)"
    case .indexOutOfRange(let index): "index out of range: \(index)"
    case .divideByZero: "divide by zero"
    case .overflow(let type): "\(type) overflow"
    case .noSuchOverload(let types): "no matching overload: \(types)"
    case .badConversion(let what): "no conversion of \(what)"
    case .badArgument(let what): what
    case .repeatedKey: "a key of the map stands twice"
    case .badPattern(let what): "the pattern is wrong: \(what)"
    case .noValue: "the optional has no value"
    case .costLimit: "the expression takes more steps than its limit"
    }
  }
}
