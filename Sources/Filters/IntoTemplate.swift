import ConfigText

/// `into: news`, or a group that each message names itself: `into: "stocks.{.symbol}"`.
package struct IntoTemplate: ConfigScalar, Equatable {
  package let template: TextTemplate

  package static let expectation = "the name of a group, or a template of it such as \"stocks.{.symbol}\""

  package static func parse(_ scalar: ConfigNode.Scalar) throws(ScalarRefusal) -> IntoTemplate {
    guard !scalar.text.isEmpty else { throw ScalarRefusal("a group's name cannot be empty") }
    return IntoTemplate(template: try TextTemplate.parse(scalar))
  }

  /// The one group; `nil`: the messages say which.
  package var name: String? {
    guard template.fields.isEmpty else { return nil }
    return template.parts.reduce(into: "") { if case .text(let text) = $1 { $0 += text } }
  }

  /// The names it can lead to, with `*` for any run of characters.
  package var pattern: String {
    template.parts.map { if case .text(let text) = $0 { text } else { "*" } }.joined()
  }
}
