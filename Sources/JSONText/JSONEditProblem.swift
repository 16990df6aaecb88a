/// Why a text cannot be changed as told.
package enum JSONEditProblem: Error, Equatable, Sendable {
  /// What stands at the path has no members or elements.
  case notAContainer(JSONPath)
  /// Nothing stands at the path.
  case missing(JSONPath)
  /// Two of the paths or names cannot be obeyed at once.
  case conflict(JSONPath)
}

extension JSONEditProblem: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notAContainer(let path): "no object at '\(path)'"
    case .missing(let path): "nothing at '\(path)'"
    case .conflict(let path): "'\(path)' contradicts another"
    }
  }
}
