import ConfigText

/// `exec: [PROGRAM, ARGUMENT]` or a shell text: a process whose standard output is the stream.
package struct ExecSource: SourceKind {
  /// Whether a process that has ended is started again.
  package enum Restart: String, ConfigChoice {
    case always, onFailure = "on_failure", never
  }

  /// What is run.
  package var command = Command.shell("")
  package var restart = Restart.always
  /// The folder it runs in.
  package var cwd: ConfigPath?
  /// The folder of the file that names the command, where it runs by default.
  package var folder = ConfigPath(".")
  /// Added to the server's own environment.
  package var env: [String: String] = [:]
  /// The user it runs as; `nil`: the server's.
  package var user: String?

  /// Needs a command.
  package init() {}

  package init(_ command: Command, restart: Restart = .always, cwd: ConfigPath? = nil, env: [String: String] = [:]) {
    self.command = command
    self.restart = restart
    self.cwd = cwd
    self.env = env
  }

  package static let key = "exec"

  /// How long a process has after SIGTERM before SIGKILL.
  package static let grace = Duration.seconds(5)

  package static let fields = FieldTable<ExecSource>([
    Field(
      "exec", "The program and its arguments, or a text for the shell.", example: "[./feed, --fast]", isRequired: true
    ) {
      node, source, reader in
      guard let command = Command.decode(node, &reader) else { return }
      source.command = command
      source.folder = ConfigPath(".", from: node.place)
    },
    Field(
      "restart", \.restart, "Whether it is started again after it has ended: always, on_failure or never.",
      default: "always", example: "on_failure"),
    Field(
      "cwd", \.cwd, "The folder it runs in.", default: "the folder of the configuration file", example: "/srv/feed"),
    Field("env", "Variables added to its environment.", example: "{TZ: UTC}") { node, source, reader in
      guard let variables = [String: String].decode(node, &reader) else { return }
      source.env = variables
      for entry in node.entries ?? [] where entry.name.isEmpty || entry.name.contains("=") {
        reader.error("\(VisibleText.quoted(entry.name)) cannot be the name of a variable", at: entry.key.place)
      }
    },
    Field("user", \.user, "The user it runs as.", default: "the server's", example: "nobody"),
  ])
}

extension ExecSource {
  /// What a process is started with.
  package enum Command: Hashable, Sendable {
    /// A program by its path, or by a name that is looked for in PATH, and its arguments.
    case program(Program, [String])
    /// A text for `/bin/sh -c`.
    case shell(String)
  }

  package enum Program: Hashable, Sendable {
    case path(ConfigPath)
    case name(String)
  }
}

extension ExecSource.Command: ConfigValue {
  package static var expectation: String { "a list of a program and its arguments, or a text for the shell" }

  /// A list or a text; neither may be empty.
  package static func decode(_ node: ConfigNode, _ reader: inout ConfigReader) -> ExecSource.Command? {
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
    let found: ExecSource.Program =
      program.contains("/") ? .path(ConfigPath(program, from: elements[0].place)) : .name(program)
    return .program(found, Array(words.dropFirst()))
  }
}

extension ExecSource.Command {
  /// What messages call the process: "feed".
  var shortName: String {
    switch self {
    case .program(.name(let name), _): return name
    case .program(.path(let path), _): return path.path.split(separator: "/").last.map(String.init) ?? path.path
    case .shell(let text): return text.split(separator: " ").first.map(String.init) ?? "sh"
    }
  }
}
