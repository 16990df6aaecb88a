import Logging
import NIOCore
import Streams
import Subprocess

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension ExecSource {
  /// Runs the process in a process group of its own until it has ended; the group ends with it.
  package func run(into outlet: Outlet, settings: SourceSettings, context: SourceContext) async throws -> String {
    let configuration = try configuration()
    let eventLoop = context.eventLoopGroup.any()
    let status: TerminationStatus
    do {
      status = try await Subprocess.run(configuration, input: .none, output: .sequence, error: .sequence) { process in
        outlet.report(.running, "\(command.shortName) runs as process \(process.processIdentifier.value)")
        // The process is not reaped before this closure returns, so its number still names its group and nothing else.
        let id = process.processIdentifier.value
        let outcome = await read(
          process.standardOutput, process.standardError, of: ExitWatch(id), into: outlet, settings)
        if outcome.isUnusable { kill(-id, SIGTERM) }
        await untilExit(of: id, isEnding: outcome.isUnusable, on: eventLoop)
        kill(-id, SIGKILL)
        if case .unreadable(let failure) = outcome { throw failure }
      }.terminationStatus
    } catch let error as SubprocessError {
      try Task.checkCancellation()
      throw SourceFailure("\(command.shortName) cannot be started: \(error.description)")
    }
    try Task.checkCancellation()
    let ending = "\(command.shortName) \(status.words)"
    switch restart {
    case .always: throw SourceFailure(ending)
    case .onFailure where !status.isSuccess: throw SourceFailure(ending)
    case .onFailure, .never: return ending
    }
  }

  private enum Outcome {
    case ended
    case unreadable(SourceFailure)

    var isUnusable: Bool {
      if case .unreadable = self { true } else { false }
    }
  }

  /// Reads both outputs until they end: when all who hold them have closed them, when the process has exited and what
  /// was in them is read (which others in its group may go on to fill: see `ExitWatch`), or when the task is cancelled.
  private func read(
    _ output: SubprocessOutputSequence, _ error: SubprocessOutputSequence, of watch: ExitWatch, into outlet: Outlet,
    _ settings: SourceSettings
  ) async -> Outcome {
    await withTaskGroup(of: Void.self) { tasks in
      tasks.addTask {
        var lines = LogLines(source: outlet.source, logger: outlet.logger)
        // A read that fails is the end of the output.
        do {
          var watch = watch
          for try await bytes in error {
            bytes.withUnsafeBytes { lines.receive($0, at: .now()) }
            if watch.isOverdue(at: .now()) { break }
          }
        } catch {}
        lines.finish(at: .now())
      }
      var feed = FramedFeed(settings, into: outlet)
      do {
        var watch = watch
        for try await bytes in output {
          try await feed.receive(bytes.withUnsafeBytes { ByteBuffer(bytes: $0) })
          if watch.isOverdue(at: .now()) { break }
        }
      } catch let failure as SourceFailure {
        tasks.cancelAll()
        return .unreadable(failure)
      } catch {}
      await feed.finish()
      return .ended
    }
  }

  /// Returns when the process has exited, which leaves it unreaped. Not by task sleep, since it must also wait when the
  /// task is cancelled. `isEnding`: after the grace it is killed.
  private func untilExit(of id: pid_t, isEnding: Bool, on eventLoop: any EventLoop) async {
    var pause = TimeAmount.milliseconds(1)
    let deadline = NIODeadline.now() + TimeAmount(Self.grace)
    let watch = ExitWatch(id)
    while !watch.hasExited {
      if isEnding, .now() > deadline { kill(-id, SIGKILL) }
      try? await eventLoop.scheduleTask(in: pause) {}.futureResult.get()
      pause = min(pause + pause, .milliseconds(100))
    }
  }
}

/// Whether a process has exited, without reaping it, and for how long its output may still be read.
private struct ExitWatch {
  private let id: pid_t
  private var noticed: NIODeadline?

  /// How long output is read that comes from others when the process itself has exited.
  static let allowance = TimeAmount.seconds(1)

  init(_ id: pid_t) { self.id = id }

  var hasExited: Bool {
    var information = siginfo_t()
    // WNOWAIT: Subprocess reaps it. An error means that there is no such child any more.
    let result = waitid(P_PID, id_t(id), &information, WEXITED | WNOHANG | WNOWAIT)
    return result != 0 || information.si_signo == SIGCHLD
  }

  /// Asked once a read.
  mutating func isOverdue(at now: NIODeadline) -> Bool {
    if let noticed { return now - noticed > Self.allowance }
    if hasExited { noticed = now }
    return false
  }
}

// MARK: - Starting

extension ExecSource {
  private func configuration() throws(SourceFailure) -> Configuration {
    var options = PlatformOptions()
    options.processGroupID = 0
    options.teardownSequence = [
      .gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: Self.grace)
    ]
    if let user { try Account(named: user).apply(to: &options) }
    let changes = Dictionary(
      env.map { (Environment.Key(stringLiteral: $0.key), Optional($0.value)) }, uniquingKeysWith: { $1 })
    let (executable, arguments) = program()
    return Configuration(
      executable: executable, arguments: Arguments(arguments), environment: .inherit.updating(changes),
      workingDirectory: .init((cwd ?? folder).path), platformOptions: options)
  }

  private func program() -> (Executable, [String]) {
    switch command {
    case .shell(let text): (.path("/bin/sh"), ["-c", text])
    case .program(.name(let name), let arguments): (.name(name), arguments)
    // The process changes its folder before the program is looked up.
    case .program(.path(let path), let arguments): (.path(.init(Self.absolute(path.path))), arguments)
    }
  }

  private static func absolute(_ path: String) -> String {
    guard !path.hasPrefix("/"), let folder = getcwd(nil, 0) else { return path }
    defer { free(folder) }
    return String(cString: folder) + "/" + path
  }
}

extension TerminationStatus {
  /// "exited with status 1", "was killed by SIGKILL".
  fileprivate var words: String {
    switch self {
    case .exited(let code): "exited with status \(code)"
    case .signaled(let code): "was killed by \(SignalName.of(code))"
    }
  }
}

/// The names of the signals that end processes.
private enum SignalName {
  private static let names: [CInt: String] = [
    SIGHUP: "SIGHUP", SIGINT: "SIGINT", SIGQUIT: "SIGQUIT", SIGILL: "SIGILL", SIGABRT: "SIGABRT", SIGBUS: "SIGBUS",
    SIGFPE: "SIGFPE", SIGKILL: "SIGKILL", SIGSEGV: "SIGSEGV", SIGPIPE: "SIGPIPE", SIGALRM: "SIGALRM",
    SIGTERM: "SIGTERM", SIGUSR1: "SIGUSR1", SIGUSR2: "SIGUSR2", SIGTRAP: "SIGTRAP", SIGSYS: "SIGSYS",
    SIGXCPU: "SIGXCPU", SIGXFSZ: "SIGXFSZ",
  ]

  static func of(_ signal: CInt) -> String { names[signal] ?? "signal \(signal)" }
}
