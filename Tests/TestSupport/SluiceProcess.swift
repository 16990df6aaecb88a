import Foundation
import Synchronization

/// The built binary, running: as a user has it.
package final class SluiceProcess: Sendable {
  package let folder: TemporaryFolder
  private let process: Process
  private let input = Pipe()
  private let errors = Collected()
  private let output = Collected()

  /// What a stream of the process has said.
  private final class Collected: Sendable {
    let pipe = Pipe()
    let text = Mutex("")

    init() {
      pipe.fileHandleForReading.readabilityHandler = { handle in
        let data = handle.availableData
        if data.isEmpty { handle.readabilityHandler = nil }
        self.text.withLock { $0 += String(decoding: data, as: UTF8.self) }
      }
    }
  }

  /// The `sluice` that was built with this test.
  package static var binary: String {
    let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    return URL(fileURLWithPath: own).deletingLastPathComponent().appendingPathComponent("sluice").path
  }

  /// The project's folder.
  package static var checkout: String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
  }

  private init(_ arguments: [String], folder: TemporaryFolder, environment: [String: String] = [:]) throws {
    self.folder = folder
    process = Process()
    process.executableURL = URL(fileURLWithPath: Self.binary)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = input
    process.standardError = errors.pipe
    process.standardOutput = output.pipe
    try process.run()
  }

  package var log: String { errors.text.withLock { $0 } }
  package var standardOutput: String { output.text.withLock { $0 } }
  package var pid: Int32 { process.processIdentifier }
  package var isRunning: Bool { process.isRunning }

  /// The port of the first listener.
  package var port: Int {
    log.firstMatch(of: #/listening on [^ ]*:([0-9]+): /#).flatMap { Int($0.1) } ?? 0
  }
}

// MARK: - Starting and ending

extension SluiceProcess {
  /// `sluice serve` on a loopback port with these routes; returns when it listens. `routes` has everything but `server`.
  package static func serve(
    _ routes: String, folder: TemporaryFolder? = nil, server: String = "", environment: [String: String] = [:]
  ) async throws -> SluiceProcess {
    let folder = try folder ?? TemporaryFolder()
    try folder.write("routes.yaml", "server:\n  listen: 127.0.0.1:0\n\(server)\n\(routes)\n")
    let sluice = try SluiceProcess(["serve", "routes.yaml"], folder: folder, environment: environment)
    try await sluice.waitUntilListening()
    return sluice
  }

  /// `sluice pipe` on a loopback port.
  package static func pipe(_ path: String, _ arguments: [String] = []) async throws -> SluiceProcess {
    let sluice = try SluiceProcess(
      ["pipe", path, "--listen", "127.0.0.1:0"] + arguments, folder: try TemporaryFolder())
    try await sluice.waitUntilListening()
    return sluice
  }

  /// Runs a command to its end.
  package static func run(
    _ arguments: [String], folder: TemporaryFolder? = nil, environment: [String: String] = [:]
  ) async throws -> (status: Int32, output: String, errors: String) {
    let sluice = try SluiceProcess(arguments, folder: try folder ?? TemporaryFolder(), environment: environment)
    try sluice.input.fileHandleForWriting.close()
    let status = try await sluice.waitForExit()
    return (status, sluice.standardOutput, sluice.log)
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

  /// The exit status, or minus the signal; both its streams have been read to the end.
  @discardableResult
  package func waitForExit(within limit: Duration = .seconds(20)) async throws -> Int32 {
    try await eventually("sluice to end", within: limit) {
      !process.isRunning && errors.pipe.fileHandleForReading.readabilityHandler == nil
        && output.pipe.fileHandleForReading.readabilityHandler == nil
    }
    return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
  }

  /// Writes to its standard input.
  package func write(_ text: String) throws {
    try input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
  }

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

  /// A line of `/proc/PID/status`, in KiB.
  package func memory(_ name: String = "VmRSS") -> Int {
    let status = (try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix(name + ":") }
    return line.flatMap { $0.split(separator: " ").compactMap { Int($0) }.first } ?? 0
  }
}
