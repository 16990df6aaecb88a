import Foundation

/// Another program, run to its end.
package enum Command {
  package static func run(
    _ arguments: [String], within limit: Duration = .seconds(120)
  ) async throws -> (status: Int32, output: String) {
    let folder = try TemporaryFolder()
    let file = try folder.write("output", "")
    let output = try FileHandle(forWritingTo: URL(fileURLWithPath: file))
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = output
    try process.run()
    do {
      try await eventually("\(arguments[0]) to end", within: limit) { !process.isRunning }
    } catch {
      kill(process.processIdentifier, SIGKILL)
      throw error
    }
    return (process.terminationStatus, (try? String(contentsOfFile: file, encoding: .utf8)) ?? "")
  }
}
