import Foundation
import Testing

@testable import Expressions

@Suite struct ManualTests {
  @Test func `the manual has every function with its arguments, its line and its example`() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let page = try String(contentsOf: folder.appendingPathComponent("man/sluice-expressions.7"), encoding: .utf8)
    for function in FunctionRegistry.all {
      for signature in function.signatures { #expect(page.contains(roff(signature)), "\(signature)") }
      #expect(page.contains(roff(function.summary)), "\(function.name)")
      let example = ".Dl \\&\(roff(function.example.expression)) is \\&\(roff(function.example.value))"
      #expect(page.contains(example.replacing("\"", with: "\\(dq")), "\(function.name)")
    }
  }

  /// As the page escapes it.
  private func roff(_ text: String) -> String {
    let pairs = [("\\", "\\e"), ("-", "\\-"), ("Æ", "\\(AE"), ("æ", "\\(ae"), ("ñ", "\\(~n")]
    return pairs.reduce(text) { $0.replacing($1.0, with: $1.1) }
  }
}
