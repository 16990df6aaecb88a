/// One word out of several: an enum whose raw values are what an operator writes.
package protocol ConfigChoice: ConfigValue, RawRepresentable, CaseIterable where RawValue == String {}

extension ConfigChoice {
  /// "one of skip, latest, close".
  package static var expectation: String { "one of \(allCases.map(\.rawValue).joined(separator: ", "))" }

  /// The case of a word, quoted or not.
  package static func decode(_ node: ConfigNode, _ reader: inout ConfigReader) -> Self? {
    if node.isBroken { return nil }
    if let scalar = node.scalar, let choice = Self(rawValue: scalar.text) { return choice }
    let near = node.scalar.flatMap { Suggestion.nearest(to: $0.text, among: allCases.map(\.rawValue)) }
    reader.error("expected \(expectation); got \(node.kindName)", at: node.place, suggestion: near)
    return nil
  }
}
