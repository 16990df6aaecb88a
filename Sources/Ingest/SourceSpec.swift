import ConfigText

/// A configured source: exactly one kind, and the settings that all kinds share.
package struct SourceSpec: Equatable, Sendable {
  package var kind: any SourceKind
  package var settings: SourceSettings

  /// A source of a kind.
  package init(kind: any SourceKind, settings: SourceSettings = SourceSettings()) {
    self.kind = kind
    self.settings = settings
  }

  /// Equal when kind and settings mean the same.
  package static func == (left: SourceSpec, right: SourceSpec) -> Bool {
    left.settings == right.settings && left.kind.isEqual(to: right.kind)
  }

  /// The source of a mapping; nil if anything in it is wrong, all of which is reported.
  package static func decode(_ node: ConfigNode, name: String, _ reader: inout ConfigReader) -> SourceSpec? {
    let context = "source \(VisibleText.quoted(name))"
    guard let mapping = FieldReader(node, context: context, &reader) else { return nil }
    let chosen = SourceRegistry.kinds.filter { mapping.has($0.key) }
    guard let kind = chosen.first else {
      reportNoKind(mapping, &reader)
      return nil
    }
    for other in chosen.dropFirst() { reportSecondKind(other.key, after: kind.key, mapping, &reader) }
    let spec = decode(kind, mapping, also: chosen.map { $0.key }, &reader)
    return chosen.count == 1 ? spec : nil
  }

  private static func decode<Kind: SourceKind>(
    _: Kind.Type, _ mapping: FieldReader, also chosen: [String], _ reader: inout ConfigReader
  ) -> SourceSpec? {
    var mapping = mapping
    let before = reader.diagnostics.count
    var kind = Kind()
    var settings = SourceSettings()
    mapping.read(&kind, Kind.fields, &reader)
    mapping.read(&settings, SourceSettings.fields, &reader)
    mapping.finish(&reader, also: chosen)
    func isBad() -> Bool { reader.diagnostics[before...].contains { $0.severity == .error } }
    guard !isBad() else { return nil }
    for key in kind.unusedSettings {
      guard let entry = mapping.entry(key) else { continue }
      reader.error("'\(key)' has no meaning in \(mapping.context)", at: entry.key.place)
    }
    kind.check(&reader, at: mapping.entry(Kind.key)?.key.place ?? mapping.place)
    return isBad() ? nil : SourceSpec(kind: kind, settings: settings)
  }

  /// No kind: a key that is nearly one is what was meant.
  private static func reportNoKind(_ mapping: FieldReader, _ reader: inout ConfigReader) {
    let keys = SourceRegistry.kinds.map { $0.key }
    let known = Set(SourceSettings.fields.names)
    let misspelt = mapping.entries.lazy.filter { !known.contains($0.name) }
      .compactMap { entry in Suggestion.nearest(to: entry.name, among: keys).map { (entry, $0) } }.first
    if let (entry, key) = misspelt {
      return reader.error(
        "unknown key \(VisibleText.quoted(entry.name)) in \(mapping.context)", at: entry.key.place, suggestion: key)
    }
    for entry in mapping.entries where !known.contains(entry.name) {
      reader.error(
        "unknown key \(VisibleText.quoted(entry.name)) in \(mapping.context)", at: entry.key.place,
        suggestion: Suggestion.nearest(to: entry.name, among: known))
    }
    let list = keys.dropLast().joined(separator: ", ") + " or " + (keys.last ?? "")
    reader.error("\(mapping.context) needs one of \(list)", at: mapping.place)
  }

  private static func reportSecondKind(
    _ second: String, after first: String, _ mapping: FieldReader, _ reader: inout ConfigReader
  ) {
    let notes = mapping.entry(first).map { [Diagnostic.Note(place: $0.key.place, message: "'\(first)' is here")] }
    reader.error(
      "\(mapping.context) has both '\(first)' and '\(second)'; a source is of one kind",
      at: mapping.entry(second)?.key.place ?? mapping.place, notes: notes ?? [])
  }
}
