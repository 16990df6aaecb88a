/// All keys that one kind of mapping knows.
package struct FieldTable<Root>: Sendable {
  /// The fields, in the order manuals show them in.
  package let fields: [Field<Root>]

  /// A table; two fields of one name are a programming error.
  package init(_ fields: [Field<Root>]) {
    precondition(Set(fields.map(\.name)).count == fields.count, "two fields have the same name")
    self.fields = fields
  }

  /// The keys, in the table's order.
  package var names: [String] { fields.map(\.name) }

  /// Every key that `changes` can name.
  package var keys: [String] { fields.flatMap(\.keys) }

  /// The keys whose values differ between two roots, in the table's order; within a mapping that both have, its own:
  /// "limits.connections". What roots have beyond their fields does not count.
  package func changes(from old: Root, to new: Root) -> [String] { fields.flatMap { $0.changes(old, new) } }

  /// A root with the values of a mapping; nil if anything in it is wrong, all of which is reported.
  ///
  /// - Parameters:
  ///   - label: what messages call the mapping.
  ///   - short: the field whose value may stand alone: `throttle: 100ms` for `throttle: {every: 100ms}`.
  package func decode(
    _ node: ConfigNode, into root: Root, label: String, short: String? = nil, _ reader: inout ConfigReader
  ) -> Root? {
    var node = node
    if let short, node.entries == nil {
      let key = ConfigNode(.scalar(ConfigNode.Scalar(text: short, isPlain: true)), at: node.place)
      node = ConfigNode(.mapping([ConfigNode.Entry(key: key, value: node)]), at: node.place)
    }
    guard var mapping = FieldReader(node, context: label, &reader) else { return nil }
    let before = reader.diagnostics.count
    var root = root
    mapping.read(&root, self, &reader)
    mapping.finish(&reader)
    return reader.diagnostics[before...].contains { $0.severity == .error } ? nil : root
  }
}

/// A value with defaults that is decoded from a mapping by its table: `history: {messages: 500, age: 10m}`.
///
/// Specs compare equal when they mean the same; what they remember of places must not count (see `Located`).
package protocol ConfigSpec: ConfigValue, Equatable {
  /// The spec of an empty mapping: all defaults.
  init()
  /// What messages call it: "slow" in "unknown key 'x' in slow".
  static var label: String { get }
  /// The keys it knows.
  static var fields: FieldTable<Self> { get }
}

extension ConfigSpec {
  /// "a mapping with lag, then".
  package static var expectation: String { "a mapping with \(fields.names.joined(separator: ", "))" }

  /// The spec of a mapping; nil if anything in it is wrong, all of which is reported.
  package static func decode(_ node: ConfigNode, _ reader: inout ConfigReader) -> Self? {
    fields.decode(node, into: Self(), label: label, &reader)
  }
}
