import ConfigText
import Streams

/// `replay: none | last | all | N`: how much of history a new subscriber gets.
package enum ReplaySpec: ConfigValue, Equatable {
  case none
  case last
  case all
  case messages(Int)

  package static let expectation = "none, last, all or a number of messages"

  package static func decode(_ node: ConfigNode, _ reader: inout ConfigReader) -> ReplaySpec? {
    switch node.scalar?.text {
    case "none": return ReplaySpec.none
    case "last": return .last
    case "all": return .all
    case let text?:
      if node.scalar?.isPlain == true, let count = Int(text), count >= 0 { return .messages(count) }
      let near = Suggestion.nearest(to: text, among: ["none", "last", "all"])
      reader.mismatch(node, expected: expectation, suggestion: near)
      return nil
    case nil:
      reader.mismatch(node, expected: expectation)
      return nil
    }
  }

  package var replay: Replay {
    switch self {
    case .none: .none
    case .last: .last(1)
    case .all: .all
    case .messages(let count): .last(count)
    }
  }
}
