import NIOHTTP1

/// A request as a person writes it, to ask what it would be answered.
///
/// A WebSocket is asked for with a `ws:` URL or with `Upgrade: websocket`; what else a handshake needs is added.
package struct WrittenRequest: Sendable {
  package var method: String
  /// A path with a query, or a URL.
  package var url: String
  package var headers: [(name: String, value: String)]

  package init(method: String = "GET", url: String, headers: [(name: String, value: String)] = []) {
    self.method = method
    self.url = url
    self.headers = headers
  }

  /// What the server would be asked for: without the fragment, which no client sends.
  package var target: String {
    let text = String(url.prefix { $0 != "#" })
    guard isWebSocketURL, let colon = text.firstIndex(of: ":") else { return text }
    return "http" + text[colon...]
  }

  private var isWebSocketURL: Bool { ["ws://", "wss://"].contains { url.lowercased().hasPrefix($0) } }

  /// The request's head.
  var head: HTTPRequestHead {
    var head = HTTPRequestHead(version: .http1_1, method: HTTPMethod(rawValue: method), uri: target)
    for (name, value) in headers { head.headers.add(name: name, value: value) }
    if isWebSocketURL { head.headers.addIfMissing("Upgrade", "websocket") }
    head.headers.addIfMissing("Host", "localhost")
    guard WebSocketHandshake.isRequested(by: head) else { return head }
    head.headers.addIfMissing("Connection", "Upgrade")
    head.headers.addIfMissing("Sec-WebSocket-Version", "13")
    // The example of RFC 6455 section 1.3.
    head.headers.addIfMissing("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
    return head
  }
}

extension HTTPHeaders {
  fileprivate mutating func addIfMissing(_ name: String, _ value: String) {
    if !contains(name: name) { add(name: name, value: value) }
  }
}

extension Negotiation {
  /// What a request would be answered.
  package func answer(_ request: WrittenRequest) -> Answer { answer(request.head) }
}

extension Refusal {
  /// "404 Not Found".
  package var statusLine: String { "\(status.code) \(status.reasonPhrase)" }
  package var code: Int { Int(status.code) }
}

extension Subscription.Chosen {
  package var endpointProtocol: EndpointProtocol {
    switch self {
    case .webSocket: .websocket
    case .sse: .sse
    case .stream: .stream
    case .poll: .poll
    }
  }

  /// The status of its answer.
  package var status: Int { endpointProtocol == .websocket ? 101 : 200 }
}
