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
}
