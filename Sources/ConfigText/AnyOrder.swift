/// One value, or a list of them whose order means nothing; equal when they are the same, each as often.
package struct AnyOrder<Element: ConfigValue & Hashable>: ConfigValue, Equatable {
  /// The values in the order they were written in.
  package var values: [Element]

  /// These values.
  package init(_ values: [Element]) { self.values = values }

  /// "…, or a list of such".
  package static var expectation: String { OneOrMany<Element>.expectation }

  /// The elements of a list, or what is no list as the only one.
  package static func decode(_ node: ConfigNode, _ reader: inout ConfigReader) -> AnyOrder? {
    OneOrMany<Element>.decode(node, &reader).map { AnyOrder($0.values) }
  }

  /// Compares how often each value is there.
  package static func == (left: AnyOrder, right: AnyOrder) -> Bool { left.counts == right.counts }

  private var counts: [Element: Int] { values.reduce(into: [:]) { $0[$1, default: 0] += 1 } }
}
