import ConfigText
import Filters
import Streams

/// Runs the cases of a configuration that is right: its filters and its negotiation, but no source and no socket.
package struct CaseRunner: Sendable {
  let routeSet: RouteSet

  package init(_ routeSet: RouteSet) { self.routeSet = routeSet }

  package func run(_ spec: CaseSpec) -> CaseResult {
    var result = CaseResult(spec)
    do throws(CaseFile.Problem) {
      if let request = spec.request {
        run(request, spec, &result)
      } else {
        try runFilters(spec, &result)
      }
    } catch {
      result.problems.append(error.message)
    }
    return result
  }

  private func run(_ request: WrittenRequestSpec, _ spec: CaseSpec, _ result: inout CaseResult) {
    let answer = routeSet.answer(request.request)
    let differences = spec.expect?.differences(from: answer) ?? []
    result.difference = differences.flatMap { [.missing($0.expected), .extra($0.got)] }
    if let refusal = answer.refusal, !differences.isEmpty {
      result.problems.append("the request is refused: \(refusal.statusLine): \(refusal.text)")
    }
  }

  private func runFilters(_ spec: CaseSpec, _ result: inout CaseResult) throws(CaseFile.Problem) {
    let parameters = FilterParameters(path: spec.params.mapValues(\.value), query: spec.query)
    var bench = CaseBench(steps(of: spec), parameters: parameters, wall: spec.at.wall)
    var failures: [CaseFailure] = []
    var count = 0
    for step in try spec.steps {
      switch step {
      case .message(let message):
        count += 1
        bench.give(Array(message.text.utf8))
        failures += bench.takeFailures().map { CaseFailure(reason: $0, message: count, place: message.place) }
      case .time(let duration):
        bench.wait(duration)
        failures += bench.takeFailures().map { CaseFailure(reason: $0) }
      }
    }
    if spec.finish { bench.finish() }
    failures += bench.takeFailures().map { CaseFailure(reason: $0) }
    compare(bench.output, with: try spec.expectedOutput, &result)
    result.problems += spec.failures.problems(with: failures)
  }

  /// What the messages of a case pass. Names have been checked.
  private func steps(of spec: CaseSpec) -> [FilterStep] {
    if let path = spec.route?.value { return routeSet.route(path).map { routeSet.chain(of: $0) } ?? [] }
    if let name = spec.source?.value { return routeSet.sources[name].map { routeSet.chain(of: $0) } ?? [] }
    return spec.filters.map { routeSet.steps(of: $0.value.chain) } ?? []
  }

  private func compare(_ output: [[UInt8]], with expected: [CaseMessage], _ result: inout CaseResult) {
    let difference = CaseDifference(
      expected: expected.map { VisibleText.whole($0.text) },
      got: output.map { VisibleText.whole(String(decoding: $0, as: UTF8.self)) }
    ) { expected[$0].matches(output[$1]) }
    if !difference.isEmpty { result.difference = difference.lines }
  }
}

/// A message that a filter could not deal with.
struct CaseFailure {
  var reason: String
  /// The number of the message, from 1; `nil`: it was made of several.
  var message: Int?
  var place: Place?

  /// One line for people.
  var text: String {
    guard let message else { return "a message could not be dealt with: \(reason)" }
    let place = place.map { ", line \($0.line)," } ?? ""
    return "message \(message)\(place) could not be dealt with: \(reason)"
  }
}

extension ExpectedFailures {
  /// What is not as expected, a line each.
  fileprivate func problems(with failures: [CaseFailure]) -> [String] {
    switch self {
    case .count(let count):
      guard failures.count != count else { return [] }
      return telling(count, failures) + failures.map(\.text)
    case .reasons(let reasons):
      guard failures.count == reasons.count else { return telling(reasons.count, failures) + failures.map(\.text) }
      return zip(reasons, failures).compactMap { reason, failure in
        failure.reason.contains(reason) ? nil : "\(failure.text); expected was '\(reason)'"
      }
    }
  }

  private func telling(_ count: Int, _ failures: [CaseFailure]) -> [String] {
    count == 0 ? [] : ["\(count) failures expected, \(failures.count) found"]
  }
}

extension RouteSet {
  /// The route with a path as it is written.
  func route(_ path: String) -> Route? { routes.first { $0.path.text == path } }
}
