/// Which keys name what differs between two values of a field. Of a value that is a mapping with a table of its own, keys
/// of that table: "history.messages".
enum FieldChange {
  /// The keys by which two values of the field `name` differ; none if they are equal.
  static func keys<V: Equatable>(from old: V, to new: V, as name: String) -> [String] {
    guard old != new else { return [] }
    // A cast takes the value out of an optional; one that has come or gone has no keys of its own.
    guard let spec = old as? any ConfigSpec, let inner = inner(from: spec, to: new), !inner.isEmpty else {
      return [name]
    }
    return inner.map { "\(name).\($0)" }
  }

  private static func inner<Spec: ConfigSpec>(from old: Spec, to new: Any) -> [String]? {
    (new as? Spec).map { Spec.fields.changes(from: old, to: $0) }
  }

  /// Every key that `keys(from:to:as:)` can give for values of a type.
  static func keys<V>(of type: V.Type, as name: String) -> [String] {
    if let spec = type as? any ConfigSpec.Type { return inner(of: spec, as: name) }
    guard let optional = type as? any OptionalSpec.Type else { return [name] }
    return [name] + inner(of: optional.spec, as: name)
  }

  private static func inner<Spec: ConfigSpec>(of _: Spec.Type, as name: String) -> [String] {
    Spec.fields.keys.map { "\(name).\($0)" }
  }
}

/// A spec that may be absent.
private protocol OptionalSpec {
  static var spec: any ConfigSpec.Type { get }
}

extension Optional: OptionalSpec where Wrapped: ConfigSpec {
  static var spec: any ConfigSpec.Type { Wrapped.self }
}
