/// Reads one mapping with one or several tables, then reports what none of them knew.
package struct FieldReader: Sendable {
  /// What messages call the mapping: "route '/stocks'".
  package let context: String
  /// Where the mapping starts.
  package let place: Place
  /// The entries, in order.
  package let entries: [ConfigNode.Entry]

  private var known: [String] = []
  /// Required keys that are not there, told by `finish`: one that is only misspelt is not told twice.
  private var missing: [String] = []

  /// A reader of a mapping; nil if `node` is something else, which is reported.
  package init?(_ node: ConfigNode, context: String, _ reader: inout ConfigReader) {
    guard let entries = node.entries else {
      reader.mismatch(node, expected: "a mapping for \(context)")
      return nil
    }
    self.context = context
    self.entries = entries
    place = node.place
  }

  /// Whether the mapping has a key, even without a value.
  package func has(_ key: String) -> Bool { entry(key) != nil }

  /// A key's value; the key itself counts as known only if a table or `finish` names it.
  package func node(_ key: String) -> ConfigNode? { entry(key)?.value }

  /// A key and its value.
  package func entry(_ key: String) -> ConfigNode.Entry? { entries.first { $0.name == key } }

  /// Reads the keys of a table into a root; reports wrong values and keys without a value.
  package mutating func read<Root>(_ root: inout Root, _ table: FieldTable<Root>, _ reader: inout ConfigReader) {
    known += table.names
    for field in table.fields {
      guard let entry = entry(field.name) else {
        if field.isRequired { missing.append(field.name) }
        continue
      }
      if entry.value.isNull {
        reader.error("'\(field.name)' has no value", at: entry.key.place)
      } else {
        field.decode(entry.value, &root, &reader)
      }
    }
  }

  /// Reports keys that neither the tables nor `also` know, each with the nearest name it might mean, and required keys
  /// that are missing.
  package mutating func finish(_ reader: inout ConfigReader, also names: [String] = []) {
    known += names
    let all = Set(known)
    var meant: Set<String> = []
    for entry in entries where !all.contains(entry.name) {
      let near = Suggestion.nearest(to: entry.name, among: known)
      if let near { meant.insert(near) }
      reader.error(
        "unknown key \(VisibleText.quoted(entry.name)) in \(context)", at: entry.key.place, suggestion: near)
    }
    for name in missing where !meant.contains(name) { reader.error("\(context) needs '\(name)'", at: place) }
  }
}
