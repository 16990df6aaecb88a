/// Collects the entries of a mapping that is being read: keeps the first of equal keys and merges what `<<` names.
struct MappingEntries {
  private var entries: [ConfigNode.Entry] = []
  private var places: [String: Place] = [:]
  private var merges: [ConfigNode] = []

  /// Takes an entry; the answer is what is wrong with it, and it is then left out.
  mutating func add(key: ConfigNode, value: ConfigNode) -> Diagnostic? {
    guard let scalar = key.scalar else {
      return Diagnostic("a key must be a text, got \(key.kindName)", at: key.place)
    }
    if scalar.isBroken { return nil }
    if scalar.isPlain, scalar.text.isEmpty { return Diagnostic("a key is missing before ':'", at: key.place) }
    if let first = places.updateValue(key.place, forKey: scalar.text) {
      places[scalar.text] = first
      return Diagnostic(
        "duplicate key \(VisibleText.quoted(scalar.text))", at: key.place,
        notes: [.init(place: first, message: "first defined here")])
    }
    if scalar.isPlain, scalar.text == "<<" { return addMerge(value) }
    entries.append(ConfigNode.Entry(key: key, value: value))
    return nil
  }

  private mutating func addMerge(_ value: ConfigNode) -> Diagnostic? {
    let sources = value.elements ?? [value]
    for source in sources where source.entries == nil {
      if source.isBroken { continue }
      return Diagnostic("'<<' takes a mapping or a list of mappings, got \(source.kindName)", at: source.place)
    }
    merges += sources
    return nil
  }

  /// The entries as written, then the merged ones: a key that is written wins, then the earlier mapping of a list.
  consuming func merged() -> [ConfigNode.Entry] {
    guard !merges.isEmpty else { return entries }
    for source in merges {
      for entry in source.entries ?? [] where places[entry.name] == nil {
        places[entry.name] = entry.key.place
        entries.append(entry)
      }
    }
    return entries
  }
}
