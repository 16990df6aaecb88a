import ConfigText

extension SourceSpec {
  /// The keys whose values differ, those of the kind first; of two kinds, the keys that choose them. Chains that
  /// `filters` names are compared by their names.
  package func changes(to other: SourceSpec) -> [String] {
    kind.changes(to: other.kind) + SourceSettings.fields.changes(from: settings, to: other.settings)
  }
}

extension SourceKind {
  fileprivate func changes(to other: any SourceKind) -> [String] {
    guard let same = other as? Self else { return [Self.key, type(of: other).key] }
    return Self.fields.changes(from: self, to: same)
  }
}
