import Expressions
import JSONText

/// Why a filter cannot deal with a message.
package struct FilterFailure: Error, Sendable, Equatable {
  /// The kind, by which failures are counted and told: a few words that do not depend on the message.
  package var reason: String
  /// What the message has to do with it, for the log.
  package var detail: String

  package init(_ reason: String, detail: String = "") {
    self.reason = reason
    self.detail = detail
  }

  /// Failures that several filters know.
  package enum Known: String {
    case notText = "the message is no text"
    case notAnObject = "the message is no JSON object"
    case tooLong = "the result is too long"
  }

  package init(known: Known) { self.init(known.rawValue) }

  init(_ problem: JSONProblem) {
    self.init("the message is no JSON", detail: "\(problem)")
  }

  init(_ problem: JSONEditProblem) {
    self.init("the message has not the form that is needed", detail: problem.description)
  }

  init(_ error: EvaluationError) {
    self.init(error.kind, detail: error.message)
  }

  /// One line for the log.
  package var description: String {
    if detail.isEmpty { return reason }
    return detail.hasPrefix(reason) ? detail : "\(reason) (\(detail))"
  }
}

extension EvaluationError {
  /// The message without what comes from the data.
  var kind: String {
    switch reason {
    case .noSuchField(let name): "no such field: \(name)"
    case .noSuchKey: "no such key"
    case .indexOutOfRange: "index out of range"
    case .noSuchOverload: "no matching overload"
    case .badConversion: "no conversion"
    case .badArgument: "bad argument"
    case .badPattern: "the pattern is wrong"
    default: message
    }
  }
}
