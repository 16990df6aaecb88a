import NIOCore
import Processes
import Subprocess

extension ExecSource {
  /// Runs the process in a process group of its own until it has ended; the group ends with it.
  package func run(into outlet: Outlet, settings: SourceSettings, context: SourceContext) async throws -> String {
    var unreadable: SourceFailure?
    let status: TerminationStatus
    do {
      status = try await child.run(input: .none, on: context.eventLoopGroup.any()) { process in
        let id = process.processIdentifier.value
        outlet.report(.running, "\(command.shortName) runs as process \(id)")
        unreadable = await read(
          process.standardOutput, process.standardError, of: ExitWatch(id), into: outlet, settings)
        return unreadable != nil
      }
    } catch let failure as ProcessFailure {
      throw SourceFailure(failure.reason)
    }
    if let unreadable { throw unreadable }
    try Task.checkCancellation()
    let ending = "\(command.shortName) \(status.words)"
    switch restart {
    case .always: throw SourceFailure(ending)
    case .onFailure where !status.isSuccess: throw SourceFailure(ending)
    case .onFailure, .never: return ending
    }
  }

  /// Reads both outputs until they end: when all who hold them have closed them, when the process has exited and what
  /// was in them is read (which others in its group may go on to fill: see `ExitWatch`), or when the task is cancelled.
  /// Returns why its output cannot be read, if so.
  private func read(
    _ output: SubprocessOutputSequence, _ error: SubprocessOutputSequence, of watch: ExitWatch, into outlet: Outlet,
    _ settings: SourceSettings
  ) async -> SourceFailure? {
    await withTaskGroup(of: Void.self) { tasks in
      tasks.addTask {
        var lines = LogLines("source '\(outlet.source)'", logger: outlet.logger)
        await lines.read(error, of: watch)
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
        return failure
      } catch {}
      await feed.finish()
      return nil
    }
  }
}
