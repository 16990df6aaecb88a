extension Array: ConfigValue where Element: ConfigValue {
  /// "a list of …".
  package static var expectation: String { "a list, each \(Element.expectation)" }

  /// All elements of a list; every wrong one is reported.
  package static func decode(_ node: ConfigNode, _ reader: inout ConfigReader) -> [Element]? {
    guard let elements = node.elements else {
      reader.mismatch(node, expected: expectation)
      return nil
    }
    let decoded = elements.compactMap { Element.decode($0, &reader) }
    return decoded.count == elements.count ? decoded : nil
  }
}

/// One value, or a list of them where one would do: `listen: 8080` and `listen: [8080, 8443]`.
package struct OneOrMany<Element: ConfigValue>: ConfigValue {
  /// The values in order.
  package var values: [Element]

  /// These values.
  package init(_ values: [Element]) { self.values = values }

  /// "…, or a list of such".
  package static var expectation: String { "\(Element.expectation), or a list of such" }

  /// The elements of a list, or what is no list as the only one.
  package static func decode(_ node: ConfigNode, _ reader: inout ConfigReader) -> OneOrMany? {
    if node.elements != nil { return [Element].decode(node, &reader).map { OneOrMany($0) } }
    return Element.decode(node, &reader).map { OneOrMany([$0]) }
  }
}

extension OneOrMany: Equatable where Element: Equatable {}
extension OneOrMany: Hashable where Element: Hashable {}

extension Dictionary: ConfigValue where Key == String, Value: ConfigValue {
  /// "a mapping, each value …".
  package static var expectation: String { "a mapping, each value \(Value.expectation)" }

  /// All values of a mapping whose keys are free, by name; every wrong one is reported.
  package static func decode(_ node: ConfigNode, _ reader: inout ConfigReader) -> [String: Value]? {
    guard let entries = node.entries else {
      reader.mismatch(node, expected: expectation)
      return nil
    }
    var decoded = [String: Value](minimumCapacity: entries.count)
    for entry in entries {
      if entry.value.isNull {
        reader.error("\(VisibleText.quoted(entry.name)) has no value", at: entry.key.place)
      } else if let value = Value.decode(entry.value, &reader) {
        decoded[entry.name] = value
      }
    }
    return decoded.count == entries.count ? decoded : nil
  }
}
