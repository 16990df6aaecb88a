import ConfigText
import JSONText
import Routing
import Serving

/// Route files: any bytes give a configuration or diagnostics that point into the file.
final class YAMLTarget: FuzzTarget {
  static let name = "yaml"
  static let words = [
    "\n", "  ", "\t", "- ", ": ", "{", "}", "[", "]", "&a ", "*a", "<<: *a", "!!int ", "|\n", ">-\n", "'", "\"", "#",
    "---\n",
    "...\n", "? ", "%YAML 1.1\n", "${HOME}", "${A:-b}", "$${", "${", "\u{FEFF}", "\u{85}", "\u{2028}", "é", "😀",
    "\\x00", "~",
    "routes:\n", "sources:\n", "groups:\n", "server:\n", "from: ", "  /a:\n", "exec: [x]", "interval: 1s", "listen: ",
    "history: ", "publish: ", "slow: ", "1e999", "-1", "0x7fffffffffffffff", "18446744073709551616", "64KiB", "5m",
  ]
  private static let environment = ["HOME": "/home/me", "EMPTY": "", "A": "a: [b"]

  func run(_ input: [UInt8], _ random: inout Random) throws(Finding) {
    let loaded = ConfigLoader(environment: Self.environment).load(bytes: input, file: "routes.yaml")
    try check(loaded.diagnostics, loaded.texts)
    let isRefused = loaded.documents.isEmpty
    try Finding.unless(!isRefused || !loaded.diagnostics.isEmpty || Self.isBlank(input), "it is refused without a word")
    guard let text = String(validating: input, as: UTF8.self) else {
      return try Finding.unless(!loaded.diagnostics.isEmpty, "bytes that are not UTF-8 are taken")
    }
    let routeSet = RouteSet.load(text: text, file: "routes.yaml", environment: Self.environment)
    try check(routeSet.diagnostics, routeSet.texts)
    try Finding.unless(routeSet.report.isEmpty == routeSet.diagnostics.isEmpty, "the report is not what was found")
    let again = RouteSet.load(text: text, file: "routes.yaml", environment: Self.environment)
    try Finding.unless(again.routeSet == routeSet.routeSet, "loaded twice it is two configurations")
    if routeSet.isUsable { try checkUse(routeSet.routeSet) }
  }

  /// Nothing but space, comments and marks: no document, and nothing wrong.
  private static func isBlank(_ input: [UInt8]) -> Bool {
    !input.contains { $0 == UInt8(ascii: ":") }
  }

  /// Each place lies in the file, its caret at most just behind the line; both forms can be written.
  private func check(_ diagnostics: [Diagnostic], _ texts: SourceTexts) throws(Finding) {
    for diagnostic in diagnostics {
      try Finding.unless(!diagnostic.message.isEmpty, "a diagnostic says nothing")
      for place in [diagnostic.place] + diagnostic.notes.map(\.place) {
        guard let place else { continue }
        guard let line = texts.line(place.line, of: place.file) else {
          throw Finding("\(place) is not in the file: \(diagnostic.headline)")
        }
        let count = line.unicodeScalars.count
        try Finding.unless(place.column <= count + 1, "\(place) is behind its line of \(count): \(diagnostic.headline)")
      }
    }
    let renderer = DiagnosticRenderer(texts: texts)
    let text = renderer.text(diagnostics)
    try Finding.unless(
      !text.unicodeScalars.contains { $0.value < 32 && $0 != "\n" || $0.value == 127 }, "control characters are shown")
    let json = Array("{\"x\":\(renderer.json(diagnostics))}".utf8)
    try Finding.unless(json.withUnsafeBytes { JSONText.value(of: "x", in: $0) } != nil, "the JSON is none")
  }

  /// A configuration without an error can be put to work: its paths do not collide. Nothing is started.
  private func checkUse(_ routeSet: RouteSet) throws(Finding) {
    _ = routeSet.table
    var paths = Set<[PathPattern.Segment]>()
    for route in routeSet.routes {
      let shape = route.path.segments.map { segment -> PathPattern.Segment in
        switch segment {
        case .literal: segment
        case .parameter: .parameter("")
        case .rest: .rest("")
        }
      }
      try Finding.unless(paths.insert(shape).inserted, "two routes have the path \(route.path.text)")
    }
  }
}
