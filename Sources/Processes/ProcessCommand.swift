import ConfigText

/// What a process is started with.
package enum ProcessCommand: Hashable, Sendable {
  /// A program by its path, or by a name that is looked for in PATH, and its arguments.
  case program(Program, [String])
  /// A text for `/bin/sh -c`.
  case shell(String)

  package enum Program: Hashable, Sendable {
    case path(ConfigPath)
    case name(String)
  }
}

extension ProcessCommand: ConfigValue {
  package static var expectation: String { "a list of a program and its arguments, or a text for the shell" }

  /// A list or a text; neither may be empty.
  package static func decode(_ node: ConfigNode, _ reader: inout ConfigReader) -> ProcessCommand? {
    guard let elements = node.elements else {
      guard let text = String.decode(node, &reader) else { return nil }
      guard text.contains(where: { !$0.isWhitespace }), !text.utf8.contains(0) else {
        reader.error("'exec' is empty", at: node.place)
        return nil
      }
      return .shell(text)
    }
    guard let words = [String].decode(node, &reader) else { return nil }
    guard let program = words.first, !program.isEmpty else {
      reader.error("'exec' needs a program", at: node.place)
      return nil
    }
    guard !words.contains(where: { $0.utf8.contains(0) }) else {
      reader.error("an argument cannot have a zero byte", at: node.place)
      return nil
    }
    // A program with a slash is taken from the folder of the file that names it, others from PATH.
    let found: Program =
      program.contains("/") ? .path(ConfigPath(program, from: elements[0].place)) : .name(program)
    return .program(found, Array(words.dropFirst()))
  }
}

extension ProcessCommand {
  /// What messages call the process: "feed".
  package var shortName: String {
    switch self {
    case .program(.name(let name), _): return name
    case .program(.path(let path), _): return path.path.split(separator: "/").last.map(String.init) ?? path.path
    case .shell(let text): return text.split(separator: " ").first.map(String.init) ?? "sh"
    }
  }

  /// Variables for a process's environment; those that cannot be any are reported.
  package static func environment(_ node: ConfigNode, _ reader: inout ConfigReader) -> [String: String]? {
    for entry in node.entries ?? [] where entry.name.isEmpty || entry.name.contains("=") {
      reader.error("\(VisibleText.quoted(entry.name)) cannot be the name of a variable", at: entry.key.place)
    }
    return [String: String].decode(node, &reader)
  }
}
