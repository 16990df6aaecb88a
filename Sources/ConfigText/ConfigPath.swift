/// A path of the file system; a relative one is taken from the folder of the file that names it.
///
/// Equal to another that leads to the same place from the root, however both are written; links are not looked at.
package struct ConfigPath: ConfigValue, Hashable {
  /// The path from the process's own folder, or an absolute one.
  package var path: String

  /// A path that needs no resolving.
  package init(_ path: String) { self.path = path }

  /// `text` seen from the folder of the file `place` is in; a leading `./` falls away, `..` stays for the system.
  package init(_ text: String, from place: Place) {
    guard !text.hasPrefix("/") else {
      path = text
      return
    }
    var rest = Substring(text)
    while rest.hasPrefix("./") { rest = rest.dropFirst(2).drop { $0 == "/" } }
    if rest == "." { rest = "" }
    let folder = place.file.lastIndex(of: "/").map { String(place.file[...$0]) } ?? ""
    let joined = folder + rest
    path = joined.isEmpty ? "." : joined
  }

  /// The same path from the root, without empty and `.` parts.
  package var absolute: String {
    let whole = path.hasPrefix("/") ? path : "\(FileSystem.currentFolder)/\(path)"
    return "/" + whole.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
  }

  /// Compares where they lead.
  package static func == (left: ConfigPath, right: ConfigPath) -> Bool { left.absolute == right.absolute }

  /// Feeds where it leads.
  package func hash(into hasher: inout Hasher) { hasher.combine(absolute) }

  /// "a path".
  package static var expectation: String { "a path" }

  /// A text that is not empty and could be a path.
  package static func decode(_ node: ConfigNode, _ reader: inout ConfigReader) -> ConfigPath? {
    guard let scalar = node.scalar, !scalar.isBroken, !scalar.isNull else {
      reader.mismatch(node, expected: expectation)
      return nil
    }
    guard !scalar.text.isEmpty, !scalar.text.utf8.contains(0) else {
      reader.mismatch(node, expected: expectation, reason: "it is empty or has a zero byte")
      return nil
    }
    return ConfigPath(scalar.text, from: node.place)
  }
}
