import Foundation
import TestSupport
import Testing

/// `server.watch`: what editors and deployments do to files.
struct WatchTests {
  /// A configuration that is refused, with a word to know it by.
  private func broken(_ word: String) -> String { "routes: {/y: {from: {interval: 1h}, \(word): 1}}\n" }
  private let good = "server: {listen: \"127.0.0.1:0\", watch: true}\nroutes: {/x: {from: {interval: 1h}}}\n"

  private func waits(for word: String, _ sluice: SluiceProcess) async throws {
    try await eventually("a reload that sees \(word)") { sluice.log.contains("unknown key '\(word)'") }
  }

  private func folder(with routes: [String: String]) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: folder("routes"), withIntermediateDirectories: true)
    for (name, text) in routes { try folder.write(name, text) }
    return folder
  }

  @Test func `a file that is written in place, renamed over, removed or new in a folder is loaded`() async throws {
    let folder = try folder(with: ["routes/a.yaml": good])
    let sluice = try await SluiceProcess.serve(["routes"], in: folder)
    try folder.write("routes/b.yaml", broken("created"))
    try await waits(for: "created", sluice)
    try folder.write("routes/b.yaml", broken("written"))
    try await waits(for: "written", sluice)
    try folder.write("routes/.b.yaml.new", broken("renamed"))
    rename(folder("routes/.b.yaml.new"), folder("routes/b.yaml"))
    try await waits(for: "renamed", sluice)
    unlink(folder("routes/a.yaml"))
    unlink(folder("routes/b.yaml"))
    try await eventually("a reload without files") { sluice.log.contains("has no *.yaml or *.yml file") }
    #expect(try await sluice.stop() == 0)
  }

  @Test func `a file that is replaced by links, and was absent, is loaded`() async throws {
    let folder = try folder(with: [:])
    for release in ["v1", "v2"] {
      try FileManager.default.createDirectory(atPath: folder(release), withIntermediateDirectories: true)
    }
    try folder.write("v1/a.yaml", good)
    try folder.write("v2/a.yaml", broken("linked"))
    symlink("v1", folder("current"))
    symlink("../current/a.yaml", folder("routes/a.yaml"))
    let sluice = try await SluiceProcess.serve(["routes"], in: folder)
    // As deployments do it: a new link is renamed over the old one.
    symlink("v2", folder("next"))
    rename(folder("next"), folder("current"))
    try await waits(for: "linked", sluice)
    // What the new link leads to is watched now, also when it is away for a while.
    unlink(folder("v2/a.yaml"))
    try await eventually("a reload without the file") { sluice.log.contains("cannot read ") }
    try folder.write("v2/a.yaml", broken("again"))
    try await waits(for: "again", sluice)
    #expect(try await sluice.stop() == 0)
  }

  @Test func `files that do not belong to the configuration mean nothing`() async throws {
    let folder = try folder(with: ["routes.yaml": good])
    let sluice = try await SluiceProcess.serve(["routes.yaml"], in: folder)
    try folder.write("other.yaml", broken("other"))
    try folder.write(".routes.yaml.swp", "x")
    try folder.write("routes.yaml~", "x")
    try folder.write("routes.yaml", broken("end"))
    try await waits(for: "end", sluice)
    #expect(sluice.log.matches(of: #/reload by changed files is refused/#).count == 1)
    #expect(try await sluice.stop() == 0)
  }

  @Test func `the value of each reload decides whether files are watched`() async throws {
    let off = good.replacing("watch: true", with: "watch: false")
    let folder = try folder(with: ["routes.yaml": off])
    let sluice = try await SluiceProcess.serve(["routes.yaml"], in: folder)
    try folder.write("routes.yaml", good)
    #expect(try await sluice.run(["reload"]).status == 0)
    try folder.write("routes.yaml", broken("seen"))
    try await waits(for: "seen", sluice)
    try folder.write("routes.yaml", off)
    #expect(try await sluice.run(["reload"]).status == 0)
    try folder.write("routes.yaml", broken("unseen"))
    // The watch would have told by the time that two quiet spans are over.
    try await Task.sleep(for: .milliseconds(700))
    #expect(!sluice.log.contains("unseen"))
    #expect(try await sluice.stop() == 0)
  }
}
