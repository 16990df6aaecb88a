import ConfigText
import Processes
import Streams

/// `exec: [jq, -c, .price]`: a process that reads messages as lines and answers with lines.
package struct ExecSpec: FilterSpec, ConfigSpec {
  package enum Answers: String, ConfigChoice {
    /// Exactly one line for each line.
    case one
    /// As many lines as it likes, at any time.
    case any
  }

  package var command = ProcessCommand.shell("")
  package var answers = Answers.one
  package var deadline = Duration.seconds(5)
  package var pending = 1000
  /// The folder it runs in.
  package var cwd: ConfigPath?
  /// The folder of the file that names the command, where it runs by default.
  package var folder = ConfigPath(".")
  package var env: [String: String] = [:]

  package init() {}

  package static let key = "exec"
  package static let label = key
  package static let summary =
    "Gives each message as a line to a process, and puts the line that it answers in place of the message."
  package static let example = "[jq, --unbuffered, -c, '{price}']"
  package static var keys: [FilterKey] { fields.filterKeys }

  package static let fields = FieldTable<ExecSpec>([
    Field(
      "command", { [$0.command, $0.folder] as [AnyHashable] },
      "The program and its arguments, or a text for the shell.", example: "[awk, '{ print $2; fflush() }']",
      isRequired: true
    ) { node, spec, reader in
      guard let command = ProcessCommand.decode(node, &reader) else { return }
      spec.command = command
      spec.folder = ConfigPath(".", from: node.place)
    },
    Field(
      "answers", \.answers, "Whether it answers each line with exactly one ('one'), or with any number ('any').",
      default: "one", example: "any"),
    Field(
      "deadline", \.deadline, "How long it may take for its next answer, and to end when no more messages come.",
      default: "5s", example: "500ms"
    ) { node, spec, reader in
      guard let deadline = Duration.decode(node, &reader) else { return }
      if deadline <= .zero { reader.error("'deadline' must be longer than 0", at: node.place) }
      spec.deadline = deadline
    },
    Field(
      "pending", \.pending,
      "How many messages may wait for it while it is down; more are dropped. From half of them on sources wait.",
      default: "1000",
      example: "100"
    ) { node, spec, reader in
      guard let pending = Int.decode(node, &reader) else { return }
      if !(1...1_000_000).contains(pending) { reader.error("'pending' is from 1 to 1000000", at: node.place) }
      spec.pending = pending
    },
    Field(
      "cwd", \.cwd, "The folder it runs in.", default: "the folder of the configuration file", example: "/srv/feed"),
    Field("env", \.env, "Variables added to its environment.", example: "{TZ: UTC}") { node, spec, reader in
      if let variables = ProcessCommand.environment(node, &reader) { spec.env = variables }
    },
  ])

  /// A mapping, or a command alone.
  package static func decode(_ node: ConfigNode, _ reader: inout ConfigReader) -> ExecSpec? {
    guard node.entries != nil else {
      var spec = ExecSpec()
      guard let command = ProcessCommand.decode(node, &reader) else { return nil }
      spec.command = command
      spec.folder = ConfigPath(".", from: node.place)
      return spec
    }
    guard var mapping = FieldReader(node, context: key, &reader) else { return nil }
    let before = reader.diagnostics.count
    var spec = ExecSpec()
    mapping.read(&spec, fields, &reader)
    mapping.finish(&reader)
    return reader.diagnostics[before...].contains { $0.severity == .error } ? nil : spec
  }

  package func form(after form: MessageForm) -> Result<MessageForm, FormMismatch> { .success(.any) }
  /// Its process.
  var child: ChildProcess { ChildProcess(command, in: cwd ?? folder, environment: env) }

  package func checkSystem() throws(ProcessFailure) { try child.check() }
  package func makeFilter() -> any Filter { ExecFilter(process: CoProcess(self)) }
}

struct ExecFilter: AnsweringFilter {
  let process: CoProcess

  var identity: ObjectIdentifier { ObjectIdentifier(process) }
  var pending: Int { process.pending }
  var mustWait: Bool { process.mustWait }
  var isOver: Bool { process.isOver }

  func start(_ host: FilterHost) { process.start(host, identity) }

  mutating func take(_ message: inout Message, _ run: inout Run) throws(FilterFailure) -> Bool {
    guard !message.bytes.contains(UInt8(ascii: "\n")) else {
      throw FilterFailure("the message has a line break, and a co-process reads lines")
    }
    try process.give(message.bytes, message.label, seq: run.seq)
    return false
  }

  mutating func finish(_ run: inout Run) { process.finish() }
}
