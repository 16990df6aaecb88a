import ConfigText

/// What becomes of a message that a filter cannot deal with.
package enum ErrorPolicy: String, ConfigChoice {
  /// It is dropped.
  case drop
  /// It goes on as it was before the filter.
  case pass
  /// It is dropped, and the source it came from is closed, and started anew with backoff.
  case closeSource = "close_source"
}

/// One filter of a chain.
package struct FilterStep: Equatable, Sendable {
  package var spec: any FilterSpec
  /// `nil`: as the chain's owner says.
  package var onError: ErrorPolicy?
  package var place: Place

  /// Places do not count.
  package static func == (left: FilterStep, right: FilterStep) -> Bool {
    left.onError == right.onError && left.spec.isEqual(to: right.spec)
  }

  package var key: String { type(of: spec).key }
}

/// A list of filters as it is written: filters, and names of chains.
package struct FilterChain: Equatable, Sendable {
  package enum Element: Equatable, Sendable {
    case filter(FilterStep)
    case named(Located<String>)
  }

  package var elements: [Element] = []

  package init(_ elements: [Element] = []) { self.elements = elements }

  package var isEmpty: Bool { elements.isEmpty }
}

extension FilterChain: ConfigValue {
  package static let expectation =
    "a list of filters, each a mapping such as {where: msg.price > 100} or a chain's name"

  /// Every wrong element is reported.
  package static func decode(_ node: ConfigNode, _ reader: inout ConfigReader) -> FilterChain? {
    guard let nodes = node.elements else {
      reader.mismatch(node, expected: expectation)
      return nil
    }
    return FilterChain(nodes.compactMap { element($0, &reader) })
  }

  private static func element(_ node: ConfigNode, _ reader: inout ConfigReader) -> Element? {
    if let scalar = node.scalar {
      guard !scalar.isNull, !scalar.isBroken else {
        reader.mismatch(node, expected: "a filter, or a chain's name")
        return nil
      }
      return .named(Located(scalar.text, at: node.place))
    }
    guard let entries = node.entries else {
      reader.mismatch(node, expected: "a filter, or a chain's name")
      return nil
    }
    return filter(node, entries, &reader).map { .filter($0) }
  }

  /// The key beside a filter's own.
  package static let errorKey = "on_error"

  private static func filter(
    _ node: ConfigNode, _ entries: [ConfigNode.Entry], _ reader: inout ConfigReader
  ) -> FilterStep? {
    let chosen = entries.filter { $0.name != errorKey }
    guard let entry = chosen.first else {
      reader.error("a filter needs a key, such as where", at: node.place)
      return nil
    }
    guard let kind = FilterRegistry.kind(entry.name) else {
      let keys = FilterRegistry.kinds.map { $0.key }
      reader.error(
        "there is no filter \(VisibleText.quoted(entry.name))", at: entry.key.place,
        suggestion: Suggestion.nearest(to: entry.name, among: keys + [errorKey]))
      return nil
    }
    if let second = chosen.dropFirst().first {
      reader.error(
        "a filter has one key, and \(VisibleText.quoted(second.name)) is a second: each filter is a list element",
        at: second.key.place, suggestion: Suggestion.nearest(to: second.name, among: [errorKey]))
      return nil
    }
    guard !entry.value.isNull else {
      reader.error("'\(entry.name)' has no value", at: entry.key.place)
      return nil
    }
    let policy = entries.first { $0.name == errorKey }.flatMap { ErrorPolicy.decode($0.value, &reader) }
    guard let spec = kind.decode(entry.value, &reader) else { return nil }
    return FilterStep(spec: spec, onError: policy, place: entry.key.place)
  }
}
