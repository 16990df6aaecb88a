import Foundation
import Synchronization

/// The built binary, running: as a user has it.
package final class SluiceProcess: Sendable {
  package let folder: TemporaryFolder
  private let process: Process
  private let input: Pipe
  private let errorFile: String
  private let outputFile: String
  /// Its streams are made and it is started with nothing else starting: no process gets another's pipe.
  private static let starting = Mutex(())
  private static let slots = ProcessSlots(limit: 8)

  /// The `sluice` that was built with this test.
  package static var binary: String {
    let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    return URL(fileURLWithPath: own).deletingLastPathComponent().appendingPathComponent("sluice").path
  }

  /// The project's folder.
  package static var checkout: String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .path
  }

  /// `descriptors`: the most that it may have open. `isGuest`: it runs in the slot of a server that it asks something.
  private init(
    _ arguments: [String], folder: TemporaryFolder, environment: [String: String] = [:], descriptors: Int? = nil,
    isGuest: Bool = false
  ) async throws {
    if !isGuest { await Self.slots.take() }
    self.folder = folder
    let process = Process()
    process.executableURL = URL(fileURLWithPath: descriptors == nil ? Self.binary : "/bin/sh")
    process.arguments =
      descriptors.map { ["-c", "ulimit -n \($0); exec \"$0\" \"$@\"", Self.binary] + arguments } ?? arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    // Servers that run at the same time each have a control socket of their own, where commands in the folder find it.
    let own = ["RUNTIME_DIRECTORY": folder.path]
    process.environment = ProcessInfo.processInfo.environment.merging(own) { $1 }.merging(environment) { $1 }
    let id = UUID().uuidString
    errorFile = folder("stderr-\(id)")
    outputFile = folder("stdout-\(id)")
    for file in [errorFile, outputFile] { try "".write(toFile: file, atomically: false, encoding: .utf8) }
    process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: errorFile))
    process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: outputFile))
    if !isGuest { process.terminationHandler = { _ in Task { await Self.slots.release() } } }
    input = try Self.starting.withLock { _ in
      let input = Pipe()
      for handle in [input.fileHandleForReading, input.fileHandleForWriting] {
        _ = fcntl(handle.fileDescriptor, F_SETFD, FD_CLOEXEC)
      }
      process.standardInput = input
      try process.run()
      return input
    }
    self.process = process
  }

  /// One that a test has left running, because it has failed, is nobody's any more.
  deinit { kill() }

  private static func text(_ file: String) -> String { (try? String(contentsOfFile: file, encoding: .utf8)) ?? "" }
  package var log: String { Self.text(errorFile) }
  package var standardOutput: String { Self.text(outputFile) }
  package var pid: Int32 { process.processIdentifier }
  package var isRunning: Bool { process.isRunning }
  /// Of one that has ended: the exit status, or minus the signal.
  package var exitStatus: Int32 {
    process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
  }

  /// The port of the first listener.
  package var port: Int {
    log.firstMatch(of: #/listening on [^ ]*:([0-9]+): /#).flatMap { Int($0.1) } ?? 0
  }
}

// MARK: - Starting and ending

extension SluiceProcess {
  /// `sluice serve` on a loopback port with these routes; returns when it listens. `routes` has everything but `server`.
  package static func serve(
    _ routes: String, folder: TemporaryFolder? = nil, server: String = "", listen: String = "127.0.0.1:0",
    environment: [String: String] = [:], descriptors: Int? = nil
  ) async throws -> SluiceProcess {
    let folder = try folder ?? TemporaryFolder()
    try folder.write("routes.yaml", configuration(routes, server: server, listen: listen))
    let sluice = try await SluiceProcess(
      ["serve", "routes.yaml"], folder: folder, environment: environment, descriptors: descriptors)
    try await sluice.waitUntilListening()
    return sluice
  }

  /// A whole route file. `server`: lines of that section; without them a client that a test has not come to is waited for.
  static func configuration(_ routes: String, server: String, listen: String = "127.0.0.1:0") -> String {
    let server = server.isEmpty ? "  limits: {header_time: 2m}" : server
    return "server:\n  listen: \(listen)\n\(server)\n\(routes)\n"
  }

  /// `sluice pipe` on a loopback port.
  package static func pipe(_ path: String, _ arguments: [String] = []) async throws -> SluiceProcess {
    let sluice = try await SluiceProcess(
      ["pipe", path, "--listen", "127.0.0.1:0"] + arguments, folder: try TemporaryFolder())
    try await sluice.waitUntilListening()
    return sluice
  }

  /// Starts a command that is not a server.
  package static func start(
    _ arguments: [String], folder: TemporaryFolder? = nil, environment: [String: String] = [:]
  ) async throws -> SluiceProcess {
    try await SluiceProcess(arguments, folder: try folder ?? TemporaryFolder(), environment: environment)
  }

  /// Runs a command to its end. `input`: what it reads, less than a pipe holds.
  package static func run(
    _ arguments: [String], input: String = "", folder: TemporaryFolder? = nil, environment: [String: String] = [:]
  ) async throws -> (status: Int32, output: String, errors: String) {
    let sluice = try await start(arguments, folder: folder, environment: environment)
    if !input.isEmpty { try sluice.write(input) }
    return try await sluice.result()
  }

  /// Runs a command in this server's folder, to its end.
  package func run(_ arguments: [String]) async throws -> (status: Int32, output: String, errors: String) {
    try await SluiceProcess(arguments, folder: folder, isGuest: true).result()
  }

  private func result() async throws -> (status: Int32, output: String, errors: String) {
    try input.fileHandleForWriting.close()
    let status = try await waitForExit()
    return (status, standardOutput, log)
  }

  /// `sluice serve` with the files as they are; returns when it listens.
  package static func serve(
    _ paths: [String], in folder: TemporaryFolder, environment: [String: String] = [:], descriptors: Int? = nil
  ) async throws -> SluiceProcess {
    let sluice = try await SluiceProcess(
      ["serve"] + paths, folder: folder, environment: environment, descriptors: descriptors)
    try await sluice.waitUntilListening()
    return sluice
  }

  private func waitUntilListening() async throws {
    do {
      try await eventually("sluice to listen") {
        guard process.isRunning else { throw TimedOut(description: "sluice has ended: \(log)") }
        return port != 0
      }
    } catch {
      kill()
      throw error
    }
  }

  /// The exit status, or minus the signal.
  @discardableResult
  package func waitForExit(within limit: Duration = .seconds(120)) async throws -> Int32 {
    try await eventually("sluice to end", within: limit) { !process.isRunning }
    return exitStatus
  }

  /// Writes to its standard input.
  package func write(_ text: String) throws {
    try input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
  }

  package func write(_ bytes: [UInt8]) throws { try input.fileHandleForWriting.write(contentsOf: Data(bytes)) }

  package func closeInput() throws { try input.fileHandleForWriting.close() }

  package func signal(_ number: Int32) { Foundation.kill(pid, number) }

  /// SIGTERM, and its exit status.
  @discardableResult
  package func stop() async throws -> Int32 {
    if process.isRunning { signal(SIGTERM) }
    do {
      return try await waitForExit()
    } catch {
      kill()
      throw error
    }
  }

  package func kill() {
    if process.isRunning { signal(SIGKILL) }
  }

  /// Processor time it has used, in ticks of 10 ms (`utime` and `stime` of `/proc/PID/stat`).
  package var ticks: Int {
    let stat = (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)) ?? ""
    let fields = stat.split(separator: ")").last?.split(separator: " ") ?? []
    return fields.count > 12 ? (Int(fields[11]) ?? 0) + (Int(fields[12]) ?? 0) : 0
  }

  /// A line of `/proc/PID/status`, in KiB.
  package func memory(_ name: String = "VmRSS") -> Int {
    let status = (try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix(name + ":") }
    return line.flatMap { $0.split(separator: " ").compactMap { Int($0) }.first } ?? 0
  }
}
