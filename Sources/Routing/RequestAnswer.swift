import Serving

/// What a request would be answered, in words that configurations use.
package struct RequestAnswer: Sendable {
  /// The path of the route that it belongs to; also where that refuses it.
  package var route: String?
  package var parameters: [String: String] = [:]
  /// `nil`: it is refused.
  package var `protocol`: EndpointProtocol?
  package var status: Int
  /// What the refusal says.
  package var refusal: Refusal?
  /// What it would subscribe to.
  package var subscription: Subscription?

  init(_ request: WrittenRequest, _ table: RouteTable) {
    if let target = RequestTarget(request.target), let (endpoint, parameters) = table.match(target.segments) {
      route = endpoint.settings.path.text
      self.parameters = parameters.byName
    }
    switch Negotiation(table).answer(request) {
    case .refuse(let refusal):
      status = refusal.code
      self.refusal = refusal
    case .describe(let subscription), .subscribe(let subscription):
      self.subscription = subscription
      self.protocol = subscription.chosen.endpointProtocol
      status = subscription.chosen.status
    }
  }
}

extension RouteSet {
  /// What a request would be answered. The state of the server does not count: whether a stream can be opened, and
  /// whether there are too many clients.
  package func answer(_ request: WrittenRequest) -> RequestAnswer { RequestAnswer(request, pathTable) }

  /// All endpoints, whose streams cannot be opened.
  private var pathTable: RouteTable {
    var table = RouteTable()
    for route in routes {
      let endpoint = Endpoint(endpoint(of: route)) { _ in throw Unavailable(reason: "nothing runs") }
      // Paths that collide have been reported.
      try? table.add(endpoint)
    }
    return table
  }
}
