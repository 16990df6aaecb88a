/// Why a text cannot be changed as told.
package enum JSONEditProblem: Error, Equatable, Sendable {
  /// What stands at the path has no members or elements.
  case notAContainer(JSONPath)
  /// Nothing stands at the path.
  case missing(JSONPath)
  /// Two of the paths or names cannot be obeyed at once.
  case conflict(JSONPath)
  /// What was to be put there is no JSON text.
  case notJSON(JSONPath)
  /// Values of the new text would stand deeper in each other than the tape's limit.
  case tooDeep
  /// The new text would be longer than the tape's limit.
  case tooLong

  /// What a value's problem is for the text it was put into.
  init(_ reason: JSONProblem.Reason, at path: JSONPath) {
    switch reason {
    case .tooDeep: self = .tooDeep
    case .tooLong: self = .tooLong
    default: self = .notJSON(path)
    }
  }
}

extension JSONEditProblem: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notAContainer(let path): "no object at '\(path)'"
    case .missing(let path): "nothing at '\(path)'"
    case .conflict(let path): "'\(path)' contradicts another"
    case .notJSON(let path): "what is put at '\(path)' is no JSON"
    case .tooDeep: "\(JSONProblem.Reason.tooDeep)"
    case .tooLong: "\(JSONProblem.Reason.tooLong)"
    }
  }
}
