/// One key of a mapping: its name, what it means, and how its value gets into a `Root`.
///
/// Decoding, unknown-key errors, what differs between two roots and the check that manuals name every key all come from
/// the same fields.
package struct Field<Root>: Sendable {
  /// Sets the property of a root from a node, or reports why it cannot.
  package typealias Decode = @Sendable (ConfigNode, inout Root, inout ConfigReader) -> Void

  /// The key, in snake_case.
  package let name: String
  /// What it does, in one sentence, for manuals.
  package let summary: String
  /// What its absence means, for manuals; nil if there is no default to tell.
  package let defaultText: String?
  /// A value as an operator would write it.
  package let example: String
  /// What kind of value it takes, for manuals; nil if `decode` was given.
  package let expectation: String?
  /// Whether a mapping without it is an error.
  package let isRequired: Bool

  /// Every name that `changes` can give.
  package let keys: [String]
  /// The names by which two roots differ in this field; none if they are equal in it.
  let changes: @Sendable (Root, Root) -> [String]
  let decode: Decode

  /// A field of a property that has a default.
  package init<V: ConfigValue & Equatable>(
    _ name: String, _ path: WritableKeyPath<Root, V> & Sendable, _ summary: String, default defaultText: String? = nil,
    example: String
  ) {
    self.init(
      name, summary, default: defaultText, example: example, expectation: V.expectation, isRequired: false,
      value: { $0[keyPath: path] }, decode: Self.setting(path))
  }

  /// A field of a property that may be absent.
  package init<V: ConfigValue & Equatable>(
    _ name: String, _ path: WritableKeyPath<Root, V?> & Sendable, _ summary: String, default defaultText: String? = nil,
    example: String
  ) {
    self.init(
      name, summary, default: defaultText, example: example, expectation: V.expectation, isRequired: false,
      value: { $0[keyPath: path] }, decode: Self.setting(path))
  }

  /// A field that decodes itself: for values whose form depends on more than their type.
  ///
  /// - Parameter value: all that `decode` sets, usually a key path: two roots differ in the field if this differs.
  package init<V: Equatable & SendableMetatype>(
    _ name: String, _ value: @escaping @Sendable (Root) -> V, _ summary: String, default defaultText: String? = nil,
    example: String, isRequired: Bool = false, decode: @escaping Decode
  ) {
    self.init(
      name, summary, default: defaultText, example: example, expectation: nil, isRequired: isRequired, value: value,
      decode: decode)
  }

  /// A field whose absence is an error: "route '/x' needs 'from'".
  package static func required<V: ConfigValue & Equatable>(
    _ name: String, _ path: WritableKeyPath<Root, V> & Sendable, _ summary: String, example: String
  ) -> Field {
    Field(
      name, summary, default: nil, example: example, expectation: V.expectation, isRequired: true,
      value: { $0[keyPath: path] }, decode: setting(path))
  }

  /// A field whose absence is an error, of a property that has no value before.
  package static func required<V: ConfigValue & Equatable>(
    _ name: String, _ path: WritableKeyPath<Root, V?> & Sendable, _ summary: String, example: String
  ) -> Field {
    Field(
      name, summary, default: nil, example: example, expectation: V.expectation, isRequired: true,
      value: { $0[keyPath: path] }, decode: setting(path))
  }

  private init<V: Equatable & SendableMetatype>(
    _ name: String, _ summary: String, default defaultText: String?, example: String, expectation: String?,
    isRequired: Bool, value: @escaping @Sendable (Root) -> V, decode: @escaping Decode
  ) {
    self.name = name
    self.summary = summary
    self.defaultText = defaultText
    self.example = example
    self.expectation = expectation
    self.isRequired = isRequired
    keys = FieldChange.keys(of: V.self, as: name)
    changes = { FieldChange.keys(from: value($0), to: value($1), as: name) }
    self.decode = decode
  }

  private static func setting<V: ConfigValue>(_ path: WritableKeyPath<Root, V> & Sendable) -> Decode {
    { node, root, reader in
      if let value = V.decode(node, &reader) { root[keyPath: path] = value }
    }
  }

  private static func setting<V: ConfigValue>(_ path: WritableKeyPath<Root, V?> & Sendable) -> Decode {
    { node, root, reader in
      if let value = V.decode(node, &reader) { root[keyPath: path] = value }
    }
  }
}
