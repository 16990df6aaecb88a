/// A value that remembers where it was written, for errors that show only later.
///
/// Equal by its value alone, so that a specification stays equal when its text was only moved or reformatted.
package struct Located<Value> {
  /// The value.
  package var value: Value
  /// Where it was written.
  package var place: Place

  /// A value and its place.
  package init(_ value: Value, at place: Place) {
    self.value = value
    self.place = place
  }
}

extension Located: Sendable where Value: Sendable {}

extension Located: Equatable where Value: Equatable {
  /// Compares the values, not the places.
  package static func == (left: Located, right: Located) -> Bool { left.value == right.value }
}

extension Located: Hashable where Value: Hashable {
  /// Feeds the value, not the place.
  package func hash(into hasher: inout Hasher) { hasher.combine(value) }
}

extension Located: ConfigValue where Value: ConfigValue {
  /// What the value expects.
  package static var expectation: String { Value.expectation }

  /// The value with the node's place.
  package static func decode(_ node: ConfigNode, _ reader: inout ConfigReader) -> Located? {
    Value.decode(node, &reader).map { Located($0, at: node.place) }
  }
}
