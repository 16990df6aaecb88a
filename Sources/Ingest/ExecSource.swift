import ConfigText
import Processes

/// `exec: [PROGRAM, ARGUMENT]` or a shell text: a process whose standard output is the stream.
package struct ExecSource: SourceKind {
  /// Whether a process that has ended is started again.
  package enum Restart: String, ConfigChoice {
    case always, onFailure = "on_failure", never
  }

  /// What is run.
  package var command = ProcessCommand.shell("")
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

  package init(
    _ command: ProcessCommand, restart: Restart = .always, cwd: ConfigPath? = nil, env: [String: String] = [:]
  ) {
    self.command = command
    self.restart = restart
    self.cwd = cwd
    self.env = env
  }

  /// Its process.
  var child: ChildProcess { ChildProcess(command, in: cwd ?? folder, environment: env, user: user) }

  /// Its program can be found and executed, its folder and its user exist.
  package func checkSystem() throws(SourceFailure) {
    do {
      try child.check()
    } catch {
      throw SourceFailure(error.reason)
    }
  }

  package static let key = "exec"

  package static let fields = FieldTable<ExecSource>([
    Field(
      "exec", { [$0.command, $0.folder] as [AnyHashable] }, "The program and its arguments, or a text for the shell.",
      example: "[./feed, --fast]", isRequired: true
    ) { node, source, reader in
      guard let command = ProcessCommand.decode(node, &reader) else { return }
      source.command = command
      source.folder = ConfigPath(".", from: node.place)
    },
    Field(
      "restart", \.restart, "Whether it is started again after it has ended: always, on_failure or never.",
      default: "always", example: "on_failure"),
    Field(
      "cwd", \.cwd, "The folder it runs in.", default: "the folder of the configuration file", example: "/srv/feed"),
    Field("env", \.env, "Variables added to its environment.", example: "{TZ: UTC}") { node, source, reader in
      if let variables = ProcessCommand.environment(node, &reader) { source.env = variables }
    },
    Field("user", \.user, "The user it runs as.", default: "the server's", example: "nobody"),
  ])
}
