import ConfigText
import JSONText

/// The results of all cases, in the forms that people and machines read.
package struct CaseReport: Sendable {
  package var results: [CaseResult]

  package init(_ results: [CaseResult]) { self.results = results }

  package var failed: [CaseResult] { results.filter { !$0.hasPassed } }

  /// Each failed case with its place and what is wrong, and a summary.
  ///
  /// ```
  /// routes/stocks.yaml:20:5: failed: only big trades pass
  ///       {"symbol":"ACME","price":101}
  ///     - {"symbol":"INIT","price":200}      expected
  ///     + {"symbol":"INIT","price":2}        got
  /// ```
  package var text: String {
    failed.map { Self.text(of: $0) }.joined() + summary + "\n"
  }

  /// "12 tests passed", "1 of 12 tests failed".
  package var summary: String {
    let tests = results.count == 1 ? "test" : "tests"
    return failed.isEmpty ? "\(results.count) \(tests) passed" : "\(failed.count) of \(results.count) \(tests) failed"
  }

  private static func text(of result: CaseResult) -> String {
    let head = "\(result.place.text): failed: \(VisibleText.whole(result.name))\n"
    return head + details(of: result).map { "    \($0)\n" }.joined()
  }

  /// What is wrong, line by line.
  private static func details(of result: CaseResult) -> [String] {
    result.difference.map(\.text) + result.problems.map { VisibleText.whole($0) }
  }
}

extension CaseDifference.Line {
  /// The line behind its sign.
  package var text: String {
    switch self {
    case .same(let text): "  \(text)"
    case .missing(let text): "- \(text)"
    case .extra(let text): "+ \(text)"
    case .gap(let count): "  … \(count) equal"
    }
  }
}

extension Place {
  /// "routes/stocks.yaml:7:5".
  package var text: String { "\(VisibleText.whole(file)):\(line):\(column)" }
}

// MARK: - For machines

extension CaseReport {
  /// An array with an object for each case.
  package var json: String {
    let objects = results.map { result in
      let lines = [
        "\"name\":\(JSONText.quoted(result.name))", "\"file\":\(JSONText.quoted(result.place.file))",
        "\"line\":\(result.place.line)", "\"passed\":\(result.hasPassed)",
        "\"problems\":\(JSONText.list(result.problems))",
        "\"difference\":\(JSONText.list(result.difference.map(\.text)))",
      ]
      return "{\(lines.joined(separator: ","))}"
    }
    return objects.isEmpty ? "[]\n" : "[\n\(objects.joined(separator: ",\n"))\n]\n"
  }

  /// The XML that servers for continuous integration read.
  package var junit: String {
    let cases = results.map { result in
      let head = """
          <testcase name=\(Self.attribute(result.name)) classname=\(Self.attribute(result.place.file)) \
        file=\(Self.attribute(result.place.file)) line="\(result.place.line)"
        """
      guard !result.hasPassed else { return head + "/>\n" }
      let details = Self.details(of: result)
      let message = result.problems.first ?? "the output is not as expected"
      return head + ">\n    <failure message=\(Self.attribute(message))>"
        + Self.escaped(details.joined(separator: "\n")) + "</failure>\n  </testcase>\n"
    }
    return """
      <?xml version="1.0" encoding="UTF-8"?>
      <testsuite name="sluice" tests="\(results.count)" failures="\(failed.count)" errors="0">
      \(cases.joined())</testsuite>

      """
  }

  private static func attribute(_ text: String) -> String { "\"\(escaped(VisibleText.whole(text)))\"" }

  /// XML 1.0 section 2.4. Control characters have been made visible.
  private static func escaped(_ text: String) -> String {
    text.reduce(into: "") { out, character in
      switch character {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      default: out.append(character)
      }
    }
  }
}
