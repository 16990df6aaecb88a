import Foundation
import Testing

@testable import Expressions

@Suite struct ManualTests {
  @Test func `the manual has every function with its arguments, its line and its example`() throws {
    let page = try page()
    for function in FunctionRegistry.all {
      expect(page, has: function.name, function.signatures, function.summary, function.example)
    }
  }

  @Test func `the manual has every aggregate with its arguments, its line and its example`() throws {
    let page = try page()
    for aggregate in AggregateRegistry.all {
      expect(page, has: aggregate.name, aggregate.signatures, aggregate.summary, aggregate.example)
    }
    #expect(page.contains("at most \(Value.mostKeptBytes) bytes"))
  }

  private func page() throws -> String {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return try String(contentsOf: folder.appendingPathComponent("man/sluice-expressions.7"), encoding: .utf8)
  }

  private func expect(
    _ page: String, has name: String, _ signatures: [String], _ summary: String,
    _ example: (expression: String, value: String)
  ) {
    for signature in signatures { #expect(page.contains(".It Li \"\(roff(signature))\"\n"), "\(signature)") }
    #expect(page.contains(roff(summary)), "\(name)")
    let shown = ".Dl \\&\(roff(example.expression)) is \\&\(roff(example.value))"
    #expect(page.contains(shown.replacing("\"", with: "\\(dq")), "\(name)")
  }

  /// As the page escapes it.
  private func roff(_ text: String) -> String {
    let pairs = [("\\", "\\e"), ("-", "\\-"), ("Æ", "\\(AE"), ("æ", "\\(ae"), ("ñ", "\\(~n")]
    return pairs.reduce(text) { $0.replacing($1.0, with: $1.1) }
  }
}
