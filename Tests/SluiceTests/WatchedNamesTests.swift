import Foundation
import TestSupport
import Testing

@testable import sluice

/// Which names lead to a configuration.
struct WatchedNamesTests {
  @Test func `all names on the way count, those of links and of what they lead to`() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: folder("v1/routes"), withIntermediateDirectories: true)
    try folder.write("v1/routes/a.yaml", "")
    symlink("v1", folder("current"))
    symlink("../../b.yaml", folder("v1/routes/b.yaml"))
    let folders = WatchedNames(paths: [folder("current/routes")]).folders
    let real = try #require(folders.keys.first { $0.hasSuffix("/v1/routes") })
    #expect(folders[real]?.isWhole == true)
    #expect(folders[real]?.contains("c.yml") == true)
    #expect(folders[real]?.contains(".c.yml.swp") == false)
    let base = String(real.dropLast("/v1/routes".count))
    #expect(folders[base]?.names == ["current", "v1", "b.yaml"])
    #expect(folders["/"]?.names.isEmpty == false)
  }

  @Test func `what is missing counts by its name, and links in a circle end`() throws {
    let folder = try TemporaryFolder()
    symlink("loop", folder("loop"))
    let folders = WatchedNames(paths: [folder("missing/a.yaml"), folder("loop/a.yaml"), folder("b.yaml")]).folders
    #expect(folders[folder.path]?.names == ["missing", "loop", "b.yaml"])
    #expect(folders[folder.path]?.holdsFiles == true)
  }
}
