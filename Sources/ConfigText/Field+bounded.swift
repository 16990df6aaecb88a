extension Field {
  /// A field whose values lie in a range; another is refused with "'keys' is from 1 to 10".
  ///
  /// - Parameter rangeText: the range in words: "from 1 to 10", "1 or more".
  package static func bounded<V: ConfigValue & Comparable>(
    _ name: String, _ path: WritableKeyPath<Root, V> & Sendable, _ range: ClosedRange<V>, _ rangeText: String,
    _ summary: String, default defaultText: String? = nil, example: String, isRequired: Bool = false
  ) -> Field {
    bounded(name, range, rangeText, summary, defaultText, example, isRequired, { $0[keyPath: path] }) {
      $0[keyPath: path] = $1
    }
  }

  /// The same for a property that may be absent.
  package static func bounded<V: ConfigValue & Comparable>(
    _ name: String, _ path: WritableKeyPath<Root, V?> & Sendable, _ range: ClosedRange<V>, _ rangeText: String,
    _ summary: String, default defaultText: String? = nil, example: String, isRequired: Bool = false
  ) -> Field {
    bounded(name, range, rangeText, summary, defaultText, example, isRequired, { $0[keyPath: path] }) {
      $0[keyPath: path] = $1
    }
  }

  private static func bounded<V: ConfigValue & Comparable, Property: Equatable & SendableMetatype>(
    _ name: String, _ range: ClosedRange<V>, _ rangeText: String, _ summary: String, _ defaultText: String?,
    _ example: String, _ isRequired: Bool, _ value: @escaping @Sendable (Root) -> Property,
    set: @escaping @Sendable (inout Root, V) -> Void
  ) -> Field {
    Field(name, value, summary, default: defaultText, example: example, isRequired: isRequired) { node, root, reader in
      guard let value = V.decode(node, &reader) else { return }
      if range.contains(value) {
        set(&root, value)
      } else {
        reader.error("'\(name)' is \(rangeText)", at: node.place)
      }
    }
  }
}
