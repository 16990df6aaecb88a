import Filters
import Foundation
import TestSupport
import Testing

/// The manual of filters, held against the filters.
struct FilterManualTests {
  private static func page() throws -> String {
    try String(contentsOfFile: SluiceProcess.checkout + "/man/sluice-filters.7", encoding: .utf8)
  }

  /// The part of the manual about each filter.
  private static func parts() throws -> [String: String] {
    let sections = try page().split(separator: "\n.Sh ").first { $0.hasPrefix("FILTERS\n") } ?? ""
    let parts = sections.split(separator: "\n.Ss ").dropFirst()
    return Dictionary(
      uniqueKeysWithValues: parts.map { part in
        let lines = part.split(separator: "\n", maxSplits: 1)
        return (String(lines[0]), String(lines[1]))
      })
  }

  /// The examples of a part: cases of `tests`.
  private static func examples(_ part: String) -> [String] {
    part.split(separator: ".Bd -literal -offset indent\n").dropFirst().compactMap { block -> String? in
      let lines = block.split(separator: ".Ed", maxSplits: 1)[0]
      guard lines.hasPrefix("filters:\n") else { return nil }
      return String(lines).replacing("\\e", with: "\\").replacing("\\&", with: "")
    }
  }

  @Test func `every filter is in the manual, with its keys and an example`() throws {
    let parts = try Self.parts()
    #expect(Set(parts.keys) == Set(FilterRegistry.kinds.map { $0.key }))
    for kind in FilterRegistry.kinds {
      let part = parts[kind.key] ?? ""
      #expect(part.contains(".D1 Ic \(kind.key)"), "\(kind.key)")
      #expect(!Self.examples(part).isEmpty, "\(kind.key)")
      for key in kind.keys {
        #expect(part.split(whereSeparator: { !$0.isLetter && $0 != "_" }).contains { $0 == key.name }, "\(key.name)")
      }
    }
  }

  @Test func `every example of the manual is right`() async throws {
    var cases = "routes: {/x: {from: {group: g}}}\ntests:\n"
    var count = 0
    for (name, part) in try Self.parts().sorted(by: { $0.key < $1.key }) {
      for example in Self.examples(part) {
        count += 1
        cases += "  - name: \(name) \(count)\n"
        cases += example.split(separator: "\n").map { "    \($0)\n" }.joined().replacing("$", with: "$$")
      }
    }
    let folder = try TemporaryFolder()
    try folder.write("manual.yaml", cases)
    let result = try await SluiceProcess.run(["test", "manual.yaml"], folder: folder)
    #expect(result.status == 0, "\(result.output)\(result.errors)")
    #expect(result.output.contains("\(count) tests passed"))
  }
}
