import ConfigText
import NIOCore
import Subprocess

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A process of an operator's configuration, in a process group of its own.
package struct ChildProcess: Sendable {
  package var command: ProcessCommand
  /// The folder it runs in.
  package var folder: ConfigPath
  /// Added to the server's own environment.
  package var environment: [String: String]
  /// The user it runs as; `nil`: the server's.
  package var user: String?

  /// How long a process has after SIGTERM before SIGKILL.
  package static let grace = Duration.seconds(5)

  /// A process with pipes for its outputs, and for its input or none.
  package typealias Running<Input: InputProtocol> = Execution<Input, SequenceOutput, SequenceOutput>

  package init(
    _ command: ProcessCommand, in folder: ConfigPath, environment: [String: String] = [:], user: String? = nil
  ) {
    self.command = command
    self.folder = folder
    self.environment = environment
    self.user = user
  }

  /// Runs the process until it has ended; its group ends with it.
  ///
  /// - Parameter body: works with it while it runs; when that returns true the process is told to end.
  /// - Throws: `ProcessFailure` when it cannot be started, `CancellationError`.
  package func run<Input: InputProtocol>(
    input: Input, on eventLoop: any EventLoop, _ body: (Running<Input>) async -> Bool
  ) async throws -> TerminationStatus {
    let configuration = try configuration()
    do {
      return try await Subprocess.run(configuration, input: input, output: .sequence, error: .sequence) { process in
        // The process is not reaped before this closure returns, so its number still names its group and nothing else.
        let id = process.processIdentifier.value
        let isUnwanted = await body(process)
        if isUnwanted { kill(-id, SIGTERM) }
        await untilExit(of: id, isEnding: isUnwanted, on: eventLoop)
        kill(-id, SIGKILL)
      }.terminationStatus
    } catch let error as SubprocessError {
      try Task.checkCancellation()
      throw ProcessFailure("\(command.shortName) cannot be started: \(error.description)")
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

  private func configuration() throws(ProcessFailure) -> Configuration {
    var options = PlatformOptions()
    options.processGroupID = 0
    options.teardownSequence = [
      .gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: Self.grace)
    ]
    if let user { try Account(named: user).apply(to: &options) }
    let changes = Dictionary(
      environment.map { (Environment.Key(stringLiteral: $0.key), Optional($0.value)) }, uniquingKeysWith: { $1 })
    let (executable, arguments) = program()
    return Configuration(
      executable: executable, arguments: Arguments(arguments), environment: .inherit.updating(changes),
      workingDirectory: .init(folder.path), platformOptions: options)
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

/// Why a process cannot be started, in words for the operator.
package struct ProcessFailure: Error, Equatable {
  package let reason: String

  package init(_ reason: String) { self.reason = reason }
}
