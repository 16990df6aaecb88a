import Foundation
import TestSupport
import Testing

/// A server whose configuration a test changes, and what it says of itself.
struct ReloadRig {
  let sluice: SluiceProcess
  var folder: TemporaryFolder { sluice.folder }

  /// The programs that tests use as sources, in each rig's folder.
  private static let programs = [
    // Says who it is with each line.
    "feed": "#!/bin/sh\nn=0\nwhile :; do n=$((n + 1)); echo \"$$ $n\"; sleep 0.05; done\n",
    // Ends at once.
    "once": "#!/bin/sh\necho once\nexit 3\n",
    // Says who it is, and is quiet.
    "quiet": "#!/bin/sh\necho $$\nexec sleep 100000\n",
    // A filter that passes all on.
    "pass": "#!/bin/sh\nexec cat\n",
  ]

  /// Serves `routes.yaml`, all of it.
  static func serve(
    _ text: String, in folder: TemporaryFolder? = nil, descriptors: Int? = nil
  ) async throws -> ReloadRig {
    let folder = try folder ?? TemporaryFolder()
    for (name, program) in programs { try folder.write(name, program, isProgram: true) }
    try folder.write("routes.yaml", text)
    let sluice = try await SluiceProcess.serve(["routes.yaml"], in: folder, descriptors: descriptors)
    return ReloadRig(sluice: sluice)
  }

  /// Changes the file and has the server load it.
  func reload(_ text: String) async throws -> (status: Int32, output: String, errors: String) {
    try folder.write("routes.yaml", text)
    return try await sluice.run(["reload"])
  }

  /// The same without a process; the reload must take effect.
  func change(_ text: String) async throws {
    try folder.write("routes.yaml", text)
    let answer = try await ask("reload")
    guard answer.status == 0 else { throw TimedOut(description: "refused: \(answer.text)") }
  }

  /// The receipt of a reload that takes effect, with the time left out; it must also be what `plan` has foretold.
  func receipt(_ text: String) async throws -> String {
    try folder.write("routes.yaml", text)
    let plan = try await sluice.run(["plan"])
    let result = try await sluice.run(["reload"])
    guard result.status == 0 else { throw TimedOut(description: "refused: \(result.errors)") }
    let lines = result.output.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let planned = plan.output.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    #expect(lines[0].contains(" ms: \(planned[0]); "), "\(plan.output) and \(result.output)")
    #expect(lines.last == planned.last)
    return result.output.replacing(#/ in [0-9]+\.[0-9] ms:/#, with: ":")
  }

  /// Changes the file, and expects this receipt.
  func reload(
    _ text: String, says receipt: String, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let said = try await self.receipt(text)
    #expect(said == receipt, sourceLocation: sourceLocation)
  }

  func report() async throws -> ServerReport {
    try ServerReport(json: try await ask("status --json").text)
  }

  /// What a command would ask the server, without a process of its own.
  func ask(_ line: String) async throws -> (status: Int, text: String) {
    let client = try await TestClient.connect(path: folder("control"), sending: line + "\n")
    try await client.waitForClose()
    let parts = client.text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
    return (Int(parts[0].prefix { $0 != " " }) ?? -1, parts.count > 1 ? String(parts[1]) : "")
  }

  func stop() async throws { #expect(try await sluice.stop() == 0) }
}

// MARK: - What the system knows of the server

extension ReloadRig {
  /// How many files it has open.
  var descriptors: Int {
    ((try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(sluice.pid)/fd")) ?? []).count
  }

  /// The processes that it has started, and that are not over.
  var children: Set<Int32> {
    let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return Set(
      processes.compactMap { Int32($0) }.filter { process in
        let stat = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
        let fields = stat.split(separator: ")").last?.split(separator: " ") ?? []
        return fields.count > 1 && fields[0] != "Z" && Int32(fields[1]) == sluice.pid
      })
  }

  /// The number of a file; `nil`: there is none.
  func inode(_ name: String) -> UInt64? {
    try? FileManager.default.attributesOfItem(atPath: folder(name))[.systemFileNumber] as? UInt64
  }

  var files: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
      .filter { !$0.hasPrefix("stderr-") && !$0.hasPrefix("stdout-") }.sorted()
  }
}

// MARK: - Clients

extension ReloadRig {
  /// The status of a request on a new connection.
  func status(of path: String, port: Int? = nil) async throws -> Int {
    let client = try await TestClient.get(path, port: port ?? sluice.port)
    let response = try await client.wait(for: "an answer to \(path)") { _ in true }
    await client.close()
    return response.status
  }

  /// The port of a listener or source that the system chose, by the line that tells it.
  func port(_ words: String) async throws -> Int {
    var port: Int?
    try await eventually(words) {
      let found = sluice.log.components(separatedBy: words).dropFirst().last
      port = (found?.prefix { $0.isNumber }).flatMap { Int($0) }
      return port != nil
    }
    return port ?? 0
  }
}
