/// Which endpoint a path belongs to: an immutable tree of segments, swapped whole by a reload.
///
/// At each segment a literal is tried before `{name}`, and that before a last `{rest...}`.
package struct RouteTable: Sendable {
  private struct Node: Sendable {
    var literals: [String: Int] = [:]
    var parameter: Int?
    var rest: Int?
    var endpoint: Endpoint?
  }

  private var nodes = [Node()]
  /// All endpoints, in the order they were added.
  package private(set) var endpoints: [Endpoint] = []

  package init() {}

  /// A path that an earlier endpoint matches equally well.
  package struct Conflict: Error, Equatable, Sendable {
    package var other: String

    package init(other: String) { self.other = other }
  }

  package mutating func add(_ endpoint: Endpoint) throws(Conflict) {
    var index = 0
    for segment in endpoint.settings.path.segments { index = child(of: index, segment) }
    if let other = nodes[index].endpoint { throw Conflict(other: other.settings.path.text) }
    nodes[index].endpoint = endpoint
    endpoints.append(endpoint)
  }

  private mutating func child(of index: Int, _ segment: PathPattern.Segment) -> Int {
    let known: Int? =
      switch segment {
      case .literal(let text): nodes[index].literals[text]
      case .parameter: nodes[index].parameter
      case .rest: nodes[index].rest
      }
    if let known { return known }
    nodes.append(Node())
    let made = nodes.count - 1
    switch segment {
    case .literal(let text): nodes[index].literals[text] = made
    case .parameter: nodes[index].parameter = made
    case .rest: nodes[index].rest = made
    }
    return made
  }

  /// The endpoint of a path and the values of its parameters.
  package func match(_ segments: [String]) -> (endpoint: Endpoint, parameters: PathParameters)? {
    var values: [String] = []
    guard let endpoint = match(segments[...], at: 0, &values) else { return nil }
    return (endpoint, PathParameters(names: endpoint.settings.path.parameterNames, values: values))
  }

  private func match(_ segments: ArraySlice<String>, at index: Int, _ values: inout [String]) -> Endpoint? {
    let node = nodes[index]
    guard let first = segments.first else { return node.endpoint }
    if let next = node.literals[first], let found = match(segments.dropFirst(), at: next, &values) { return found }
    if let next = node.parameter, !first.isEmpty {
      values.append(first)
      if let found = match(segments.dropFirst(), at: next, &values) { return found }
      values.removeLast()
    }
    guard let next = node.rest else { return nil }
    values.append(segments.joined(separator: "/"))
    return nodes[next].endpoint
  }
}

/// The values that a request's path gave to its route's parameters.
package struct PathParameters: Equatable, Sendable {
  package private(set) var names: [String]
  package private(set) var values: [String]

  package init(names: [String] = [], values: [String] = []) {
    self.names = names
    self.values = values
  }

  package subscript(name: String) -> String? {
    names.firstIndex(of: name).map { values[$0] }
  }
}
