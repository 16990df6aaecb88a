import ConfigText
import JSONText

/// The place of a value in messages, as a route file has it: `symbol`, `user.name`, `bids[0]`, `["a.b"]`.
package struct FieldPath: ConfigScalar, Hashable {
  package let path: JSONPath

  package static let expectation = "a field such as price, user.name or bids[0]"

  package static func parse(_ scalar: ConfigNode.Scalar) throws(ScalarRefusal) -> FieldPath {
    do throws(JSONPathProblem) {
      return FieldPath(path: try JSONPath(scalar.text))
    } catch {
      throw ScalarRefusal(error.reason)
    }
  }

  /// One field or a list of them, for the filter `key`.
  static func list(_ node: ConfigNode, _ key: String, _ reader: inout ConfigReader) -> [FieldPath]? {
    guard let fields = OneOrMany<FieldPath>.decode(node, &reader)?.values else { return nil }
    guard !fields.isEmpty else {
      reader.error("'\(key)' needs a field", at: node.place)
      return nil
    }
    for scalar in node.elements ?? [node] {
      guard let text = scalar.scalar?.text, text.hasPrefix("msg.") else { continue }
      reader.warning(
        "'\(text)' is a field within one that is called msg; the message's own is '\(text.dropFirst(4))'",
        at: scalar.place)
    }
    return fields
  }
}
