import ConfigText
import JSONText
import Serving

/// How a request would be treated, and why not otherwise: facts in the order that people read them.
package struct Explanation: Sendable {
  package struct Fact: Sendable, Equatable {
    package enum Content: Sendable, Equatable {
      case text(String)
      case list([String])
      case pairs([String: String])
    }

    /// In snake_case, as JSON has it.
    package var key: String
    package var content: Content
  }

  package let request: WrittenRequest
  package let answer: RequestAnswer
  package private(set) var facts: [Fact] = []

  package init(_ request: WrittenRequest, _ loaded: LoadedRouteSet) {
    self.request = request
    answer = loaded.routeSet.answer(request)
    if let refusal = answer.refusal { add("reason", refusal.text) }
    if let path = answer.route, let route = loaded.routeSet.route(path) {
      add("route", path)
      add("defined_at", loaded.routePlaces[path].map(\.text) ?? "")
      if !answer.parameters.isEmpty { facts.append(Fact(key: "parameters", content: .pairs(answer.parameters))) }
      addProtocols(of: route, loaded.routeSet)
      addStream(of: route, loaded.routeSet)
    }
    add("other_routes", otherRoutes(loaded.routeSet))
  }

  /// Whether it would be answered with a stream.
  package var isServed: Bool { answer.refusal == nil }

  /// An empty text is no fact.
  mutating func add(_ key: String, _ text: String) {
    if !text.isEmpty { facts.append(Fact(key: key, content: .text(text))) }
  }

  /// An empty list is no fact.
  mutating func add(_ key: String, _ list: [String]) {
    if !list.isEmpty { facts.append(Fact(key: key, content: .list(list))) }
  }

  private mutating func addProtocols(of route: RouteSet.Route, _ routeSet: RouteSet) {
    let endpoint = routeSet.endpoint(of: route)
    let reasons = ProtocolReasons(request, endpoint, chosen: answer.protocol).all
    for one in reasons where one.isChosen { add("protocol", "\(one.protocol.rawValue): \(one.why)") }
    add("not", reasons.filter { !$0.isChosen }.map { "\($0.protocol.rawValue): \($0.why)" })
  }
}

// MARK: - Other routes

extension Explanation {
  /// The most routes that are told of.
  private static let shownRoutes = 5

  /// Why the request does not belong to them, the nearest first.
  private func otherRoutes(_ routeSet: RouteSet) -> [String] {
    guard let given = RequestTarget(request.target)?.segments else { return [] }
    let others = routeSet.routes.map(\.path).filter { $0.text != answer.route }
    let sorted = others.map { ($0, $0.agreement(with: given)) }
      .sorted { ($1.1, $0.0.text) < ($0.1, $1.0.text) }.map(\.0)
    var lines = sorted.prefix(Self.shownRoutes).map { path in
      "\(path.text): \(path.mismatch(given) ?? "matches too, but \(answer.route ?? "another") is more specific")"
    }
    if sorted.count > lines.count { lines.append("and \(sorted.count - lines.count) more") }
    return lines
  }
}

// MARK: - For people and machines

extension Explanation {
  /// ```
  /// GET /stocks: 200, sse
  ///   route         /stocks
  ///   not           websocket: the request has no 'Upgrade: websocket'
  ///                 poll: the route does not speak it
  /// ```
  package var text: String {
    let outcome = answer.refusal.map(\.statusLine) ?? "\(answer.status), \(answer.protocol?.rawValue ?? "")"
    var out = "\(VisibleText.whole("\(request.method) \(request.target)")): \(outcome)\n"
    let width = (facts.map(\.key.count).max() ?? 0) + 2
    for fact in facts {
      var head = fact.key.split(separator: "_").joined(separator: " ")
      for line in fact.lines {
        out += "  \(head)\(String(repeating: " ", count: width - head.count))\(VisibleText.whole(line))\n"
        head = ""
      }
    }
    return out
  }

  /// One object.
  package var json: String {
    var members = [
      ("method", JSONText.quoted(request.method)), ("target", JSONText.quoted(request.target)),
      ("status", "\(answer.status)"), ("served", "\(isServed)"),
    ]
    members += facts.map { ($0.key, $0.json) }
    return "{\n" + members.map { "  \(JSONText.quoted($0)): \($1)" }.joined(separator: ",\n") + "\n}\n"
  }
}

extension Explanation.Fact {
  fileprivate var lines: [String] {
    switch content {
    case .text(let text): [text]
    case .list(let list): list
    case .pairs(let pairs): pairs.sorted { $0.key < $1.key }.map { "\($0.key) = \($0.value)" }
    }
  }

  fileprivate var json: String {
    switch content {
    case .text(let text): JSONText.quoted(text)
    case .list(let list): "[\(list.map { JSONText.quoted($0) }.joined(separator: ", "))]"
    case .pairs(let pairs):
      "{"
        + pairs.sorted { $0.key < $1.key }.map { "\(JSONText.quoted($0.key)): \(JSONText.quoted($0.value))" }
        .joined(separator: ", ") + "}"
    }
  }
}
