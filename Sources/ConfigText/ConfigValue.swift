/// A value that can be decoded from a node of a configuration file.
package protocol ConfigValue: Sendable {
  /// What is expected, for messages and manuals: "a duration such as 250ms, 10s or 5m".
  static var expectation: String { get }

  /// The value of a node; nil: it is not one, and a diagnostic has been reported.
  static func decode(_ node: ConfigNode, _ reader: inout ConfigReader) -> Self?
}

/// A value that is written as one scalar; what is no scalar is refused for it.
///
/// It needs only to say what a text means, or why it means nothing.
package protocol ConfigScalar: ConfigValue {
  /// The value of a scalar's text.
  ///
  /// - Throws: `ScalarRefusal`, which becomes an error at the scalar.
  static func parse(_ scalar: ConfigNode.Scalar) throws(ScalarRefusal) -> Self
}

/// Why a text is not the value it should be.
package struct ScalarRefusal: Error, Hashable {
  /// What to add to "expected …, got …", or nil if there is nothing to add.
  package var reason: String?
  /// What was probably meant.
  package var suggestion: String?

  /// A refusal; without a reason it says only what was expected.
  package init(_ reason: String? = nil, suggestion: String? = nil) {
    self.reason = reason
    self.suggestion = suggestion
  }
}

extension ConfigScalar {
  /// Decodes a scalar that is not null.
  package static func decode(_ node: ConfigNode, _ reader: inout ConfigReader) -> Self? {
    guard let scalar = node.scalar, !scalar.isBroken, !scalar.isNull else {
      reader.mismatch(node, expected: expectation)
      return nil
    }
    do {
      return try parse(scalar)
    } catch {
      reader.mismatch(node, expected: expectation, reason: error.reason, suggestion: error.suggestion)
      return nil
    }
  }
}
