import ConfigText
@testable import Filters
import Streams

/// A chain of filters under a clock of the test's own.
struct Bench {
  var pipeline: Pipeline
  var moment = Moment(uptime: 1_000_000_000, wall: 1_767_225_600_000_000_000)

  /// `chain`: a list of filters as YAML. What is wrong with it is a problem of the test.
  init(_ chain: String, params: [String: String] = [:], query: [String: String] = [:]) throws {
    let (decoded, problems) = Self.decode(chain)
    guard let decoded, problems.isEmpty else { throw Wrong(problems: problems) }
    let steps = decoded.elements.compactMap { element -> FilterStep? in
      if case .filter(let step) = element { step } else { nil }
    }
    pipeline = Pipeline(steps, parameters: FilterParameters(path: params, query: query))
  }

  struct Wrong: Error { var problems: [String] }

  /// The chain, and what is wrong with it.
  static func decode(_ chain: String) -> (FilterChain?, [String]) {
    let loaded = ConfigLoader(environment: [:]).load(text: "filters:\n\(chain.indented)\n", file: "test.yaml")
    var reader = ConfigReader()
    reader.diagnostics = loaded.diagnostics
    let decoded = loaded.documents.first?.root["filters"].flatMap { FilterChain.decode($0, &reader) }
    let problems = reader.diagnostics.map { diagnostic in
      let place = diagnostic.place.map { "\($0.line - 1):\($0.column - 2): " } ?? ""
      return place + diagnostic.message + (diagnostic.suggestion.map { "; did you mean '\($0)'?" } ?? "")
    }
    return (decoded, problems)
  }

  /// What comes out for these messages, as one batch.
  mutating func give(_ messages: String...) -> [String] { give(messages) }

  mutating func give(_ messages: [String]) -> [String] { pipeline.process(Batch(texts: messages), at: moment).texts }

  /// The same for bytes, text or not.
  mutating func give(bytes: [UInt8]) -> [String] {
    var batch = Batch()
    bytes.withUnsafeBytes { batch.append(classifying: $0) }
    return pipeline.process(batch, at: moment).texts
  }

  /// What goes beside the messages that come out for these.
  mutating func labels(_ messages: String..., labels: [Label] = []) -> [Label] {
    var batch = Batch()
    for (index, message) in messages.enumerated() {
      let label = index < labels.count ? labels[index] : Label()
      Array(message.utf8).withUnsafeBytes { batch.append($0, isText: true, label: label) }
    }
    let out = pipeline.process(batch, at: moment)
    return (0..<out.count).map { out.label($0) }
  }

  /// What filters have said.
  mutating func log() -> [String] { pipeline.takeLog().map { "\($0.level): \($0.text)" } }

  /// Time passes; what comes out meanwhile, deadline by deadline.
  mutating func wait(_ milliseconds: Int64) -> [String] {
    let end = moment.advanced(by: milliseconds * 1_000_000)
    var out: [String] = []
    while let deadline = pipeline.deadline, deadline <= end.uptime {
      moment = moment.advanced(by: max(deadline - moment.uptime, 0))
      out += pipeline.tick(at: moment).texts
    }
    moment = end
    return out
  }

  /// The chain of another takes over; what came out of this one before.
  @discardableResult
  mutating func succeed(by next: Bench) -> [String] {
    let succession = pipeline.succession(next.pipeline.steps, onError: .drop)
    let held = pipeline.letGo(for: succession, at: moment).texts
    pipeline = Pipeline(continuing: pipeline, succession)
    return held
  }

  mutating func finish() -> [String] { pipeline.finish(at: moment).texts }

  /// Filter, reason and number of the messages that could not be dealt with.
  mutating func failures() -> [String] {
    pipeline.takeFailures().counts.map { "\($0.key): \($0.reason) × \($1.messages)" }.sorted()
  }
}

extension Batch {
  var texts: [String] { (0..<count).map { String(decoding: self[$0], as: UTF8.self) } }
}

extension String {
  fileprivate var indented: String { split(separator: "\n").map { "  " + $0 }.joined(separator: "\n") }
}
