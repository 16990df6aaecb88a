import ConfigText
import Expressions
import Filters

/// One entry of `tests`: messages or a request, and what is expected to become of them.
package struct CaseSpec: Sendable {
  package var name = ""
  /// Where it starts.
  package var place = Place(file: "")
  /// The path of a route whose filters are tested.
  package var route: Located<String>?
  package var source: Located<String>?
  package var filters: Located<CaseChain>?
  package var request: WrittenRequestSpec?
  package var params: [String: Located<String>] = [:]
  package var query: [String: String] = [:]
  package var input: [CaseStep]?
  package var inputFile: ConfigPath?
  package var output: [CaseMessage]?
  package var outputFile: ConfigPath?
  package var at = CaseClock()
  package var finish = false
  package var failures = ExpectedFailures.none
  package var expect: ExpectedAnswer?

  package init() {}

  package static let fields = FieldTable<Self>([
    Field.required("name", \.name, "What the case is about.", example: "only big trades pass"),
    Field("route", \.route, "The route whose filters are tested, as it is written in 'routes'.", example: "/stocks"),
    Field("source", \.source, "The source whose filters are tested.", example: "ticks"),
    Field(
      "filters", \.filters, "The filters that are tested: a chain's name, or a list.",
      example: "[{where: msg.price > 100}]"),
    Field("request", \.request, "The request that is tested: a URL, or a mapping.", example: "/stocks?after="),
    Field("params", \.params, "The parameters of the path.", default: "none", example: "{symbol: ACME}"),
    Field("query", \.query, "The parameters of the query.", default: "none", example: "{limit: 5}"),
    Field(
      "input", \.input, "The messages that come, and {time: 1s} where time passes.",
      example: "['{\"price\":1}', {price: 101}, {time: 1s}]"),
    Field("input_file", \.inputFile, "A file with the messages that come, a line each.", example: "ticks.jsonl"),
    Field("output", \.output, "The messages that are expected.", example: "[{price: 101}]"),
    Field("output_file", \.outputFile, "A file with the messages that are expected.", example: "expected.jsonl"),
    Field("at", \.at, "What time it is at first.", default: "2026-01-01T00:00:00Z", example: "2026-07-01T12:00:00Z"),
    Field(
      "finish", \.finish, "Whether the source ends behind the input, so that filters give out what they hold.",
      default: "false", example: "true"),
    Field(
      "failures", \.failures,
      "Messages that filters cannot deal with: how many, or a list with a part of the reason of each.", default: "0",
      example: "[no such field]"),
    Field("expect", \.expect, "What the request is to be answered.", example: "{route: /stocks, protocol: sse}"),
  ])

  /// What is tested; exactly one is.
  static let subjects = ["route", "source", "filters", "request"]
}

extension CaseSpec: ConfigValue {
  /// "a test: a mapping with name, …".
  package static var expectation: String { "a test: a mapping with \(fields.names.joined(separator: ", "))" }

  /// The case of a mapping; nil if anything in it is wrong, all of which is reported.
  package static func decode(_ node: ConfigNode, _ reader: inout ConfigReader) -> CaseSpec? {
    let name = node["name"]?.scalar.map { " \(VisibleText.quoted($0.text))" } ?? ""
    guard var mapping = FieldReader(node, context: "test\(name)", &reader) else { return nil }
    let before = reader.diagnostics.count
    var spec = CaseSpec()
    spec.place = node.place
    mapping.read(&spec, fields, &reader)
    mapping.finish(&reader)
    // A key that is only misspelt is not told twice.
    if reader.diagnostics.count == before { check(mapping, &reader) }
    return reader.diagnostics.count == before ? spec : nil
  }

  private static func check(_ mapping: FieldReader, _ reader: inout ConfigReader) {
    let chosen = subjects.compactMap { mapping.entry($0) }
    guard let subject = chosen.first else {
      return reader.error("\(mapping.context) needs one of route, source, filters or request", at: mapping.place)
    }
    if let second = chosen.dropFirst().first {
      return reader.error("'\(second.name)' cannot stand with '\(subject.name)'", at: second.key.place)
    }
    let isRequest = subject.name == "request"
    let foreign =
      isRequest
      ? ["params", "query", "input", "input_file", "output", "output_file", "at", "finish", "failures"]
      : ["expect"]
    for entry in mapping.entries where foreign.contains(entry.name) {
      reader.error("'\(entry.name)' has no meaning with '\(subject.name)'", at: entry.key.place)
    }
    guard !isRequest else {
      if !mapping.has("expect") { reader.error("\(mapping.context) needs 'expect'", at: mapping.place) }
      return
    }
    for key in ["input", "output"] { check(either: key, mapping, &reader) }
  }

  /// Messages stand in the case or in a file.
  private static func check(either key: String, _ mapping: FieldReader, _ reader: inout ConfigReader) {
    if let entry = mapping.entry("\(key)_file"), mapping.has(key) {
      reader.error("'\(key)_file' cannot stand with '\(key)'", at: entry.key.place)
    } else if !mapping.has(key), !mapping.has("\(key)_file") {
      reader.error("\(mapping.context) needs '\(key)' or '\(key)_file'", at: mapping.place)
    }
  }
}

/// A chain in a case: one by name, or a list.
package struct CaseChain: ConfigValue, Equatable {
  package var chain: FilterChain

  package static let expectation = "a chain's name, or \(FilterChain.expectation)"

  package static func decode(_ node: ConfigNode, _ reader: inout ConfigReader) -> CaseChain? {
    guard node.scalar != nil else { return FilterChain.decode(node, &reader).map { CaseChain(chain: $0) } }
    return Located<String>.decode(node, &reader).map { CaseChain(chain: FilterChain([.named($0)])) }
  }
}

/// What time it is at the start of a case.
package struct CaseClock: ConfigScalar, Equatable {
  /// In nanoseconds since 1970.
  package var wall: Int64 = 1_767_225_600_000_000_000

  package static let expectation = "a time such as 2026-01-01T00:00:00Z"

  package static func parse(_ scalar: ConfigNode.Scalar) throws(ScalarRefusal) -> CaseClock {
    guard let time = Timestamp(rfc3339: scalar.text), let wall = Int64(exactly: time.nanoseconds) else {
      throw ScalarRefusal()
    }
    return CaseClock(wall: wall)
  }
}

/// Messages that filters are expected to fail on.
package enum ExpectedFailures: ConfigValue, Equatable {
  case count(Int)
  /// A part of the reason of each, in order.
  case reasons([String])

  package static let none = ExpectedFailures.count(0)
  package static let expectation = "a number of messages, or a list of reasons"

  package static func decode(_ node: ConfigNode, _ reader: inout ConfigReader) -> ExpectedFailures? {
    if node.elements != nil { return [String].decode(node, &reader).map { .reasons($0) } }
    guard let scalar = node.scalar, let count = try? Int.parse(scalar), count >= 0 else {
      reader.mismatch(node, expected: expectation)
      return nil
    }
    return .count(count)
  }
}
