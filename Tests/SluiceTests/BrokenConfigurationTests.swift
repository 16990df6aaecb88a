import Foundation
import TestSupport
import Testing

/// Each `Broken/NAME.yaml` must be refused with exactly what `Broken/NAME.expected` says.
struct BrokenConfigurationTests {
  static let folder = SluiceProcess.checkout + "/Tests/SluiceTests/Broken"

  static var names: [String] {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return files.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()
  }

  @Test func `there are at least thirty broken configurations`() { #expect(Self.names.count >= 30) }

  @Test(arguments: names)
  func `a broken configuration gets exactly its diagnostics`(name: String) async throws {
    let folder = try TemporaryFolder()
    try FileManager.default.copyItem(atPath: Self.folder + "/\(name).yaml", toPath: folder("\(name).yaml"))
    let result = try await SluiceProcess.run(["check", "\(name).yaml"], folder: folder)
    #expect(result.status == 78)
    #expect(result.errors == (try String(contentsOfFile: Self.folder + "/\(name).expected", encoding: .utf8)))
    #expect(result.output.isEmpty)
  }
}
