import Logging
import NIOCore
import Processes
import Streams
import Subprocess

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension CoProcess.Core {
  /// The end of a message's time.
  static let noAnswer = "the co-process gave no answer in time"
  static let ended = "the co-process ended before it answered"
  /// The longest line of its output, in bytes.
  static let longestLine = Message.maximumBytes

  /// Runs the process, again and again with backoff, until it is to end.
  func supervise(on eventLoop: any EventLoop) async {
    var backoff = Backoff()
    while !Task.isCancelled {
      let started = ContinuousClock.now
      let reason = await runOnce(on: eventLoop)
      fail(Self.ended)
      let (isOver, host) = state.withLock { ($0.isClosing && $0.waiting.isEmpty, $0.host) }
      guard !isOver, !Task.isCancelled else { return }
      let wait = backoff.next(after: .now - started)
      let milliseconds = wait.components.seconds * 1000 + wait.components.attoseconds / 1_000_000_000_000_000
      host?.logger.warning("\(host?.name ?? ""): exec: \(reason); starting it again in \(milliseconds)ms")
      try? await Task.sleep(for: wait)
    }
  }

  /// Returns why it has ended.
  private func runOnce(on eventLoop: any EventLoop) async -> String {
    do {
      let status = try await spec.child.run(input: .inputWriter, on: eventLoop) { process in
        await converse(process, on: eventLoop)
        return true
      }
      return "\(spec.command.shortName) \(status.words)"
    } catch let failure as ProcessFailure {
      return failure.reason
    } catch {
      return "\(error)"
    }
  }

  /// Writes and reads until its output has ended; by then it is of no use any more.
  private func converse(_ process: ChildProcess.Running<CustomWriteInput>, on eventLoop: any EventLoop) async {
    let id = process.processIdentifier.value
    let (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    wake.yield()
    state.withLock { state in
      state.wake = wake
      state.isUp = true
    }
    await withTaskGroup(of: Void.self) { tasks in
      tasks.addTask { await self.logErrors(process.standardError, id) }
      tasks.addTask { await self.write(to: process.standardInputWriter, wakes, id) }
      if spec.answers == .one { tasks.addTask { await self.watchDeadlines(id) } }
      await read(process.standardOutput, of: ExitWatch(id))
      state.withLock { $0.isUp = false }
      tasks.cancelAll()
      // It may still live, and hold up who writes.
      kill(-id, SIGTERM)
      if !ExitWatch(id).hasExited {
        // Not by task sleep, which is over at once when the task is cancelled.
        try? await eventLoop.scheduleTask(in: .milliseconds(100)) {}.futureResult.get()
        kill(-id, SIGKILL)
      }
    }
    state.withLock { $0.wake = nil }
  }

  private func logErrors(_ error: SubprocessOutputSequence, _ id: pid_t) async {
    guard let host = state.withLock({ $0.host }) else { return }
    var lines = LogLines("\(host.name): exec \(spec.command.shortName)", logger: host.logger)
    await lines.read(error, of: ExitWatch(id))
  }

  private func write(to input: StandardInputWriter, _ wakes: AsyncStream<Void>, _ id: pid_t) async {
    do {
      for await _ in wakes {
        while let lines = linesToWrite() {
          guard !lines.isEmpty else { break }
          _ = try await input.write(lines)
        }
        guard state.withLock({ !$0.isClosing || !$0.waiting.isEmpty }) else { break }
      }
      try await input.finish()
      // Without more to come it has to end.
      try await Task.sleep(for: spec.deadline)
      kill(-id, SIGKILL)
    } catch {
      // It reads no more, which the end of its output shows, or its time is over.
    }
  }

  private func watchDeadlines(_ id: pid_t) async {
    while !Task.isCancelled {
      let now = NIODeadline.now()
      let deadline = nextDeadline ?? now + TimeAmount(spec.deadline)
      if deadline <= now {
        fail(Self.noAnswer)
        kill(-id, SIGTERM)
        try? await Task.sleep(for: .milliseconds(500))
        kill(-id, SIGKILL)
        return
      }
      try? await Task.sleep(for: .nanoseconds((deadline - now).nanoseconds))
    }
  }

  private func read(_ output: SubprocessOutputSequence, of watch: ExitWatch) async {
    var watch = watch
    var line: [UInt8] = []
    do {
      for try await bytes in output {
        let lines = bytes.withUnsafeBytes { Self.cut($0, &line) }
        if !lines.isEmpty { answered(lines) }
        if line.count > Self.longestLine || watch.isOverdue(at: .now()) { return }
        // One that talks without end does not keep all others from their turn.
        await Task.yield()
      }
    } catch {}
  }

  /// The lines that bytes complete, without their ends.
  private static func cut(_ bytes: UnsafeRawBufferPointer, _ line: inout [UInt8]) -> [[UInt8]] {
    var lines: [[UInt8]] = []
    var rest = bytes[...]
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      line.append(contentsOf: rest[..<end])
      if line.last == UInt8(ascii: "\r") { line.removeLast() }
      lines.append(line)
      line = []
      rest = rest[(end + 1)...]
    }
    line.append(contentsOf: rest)
    return lines
  }
}
