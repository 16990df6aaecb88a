import NIOHTTP1

/// Why a request gets one protocol and not another, in words. It tells what `Negotiation` decides and decides nothing.
package struct ProtocolReasons: Sendable {
  /// Of each protocol whether it was chosen, and why or why not.
  package private(set) var all: [(protocol: EndpointProtocol, isChosen: Bool, why: String)] = []

  private let head: HTTPRequestHead
  private let endpoint: EndpointSettings
  private let accept: AcceptHeader
  private let chosen: EndpointProtocol?

  private static let events = "text/event-stream"

  /// - Parameter chosen: `nil`: the request was refused.
  package init(_ request: WrittenRequest, _ endpoint: EndpointSettings, chosen: EndpointProtocol?) {
    head = request.head
    self.endpoint = endpoint
    self.chosen = chosen
    accept = AcceptHeader(head.headers[canonicalForm: "accept"].joined(separator: ","))
    for one in EndpointProtocol.allCases { all.append((one, one == chosen, one == chosen ? why(one) : whyNot(one))) }
  }

  private var hasAccept: Bool { head.headers.contains(name: "accept") }
  private var lineType: String { endpoint.contentType }

  private func why(_ one: EndpointProtocol) -> String {
    switch one {
    case .websocket: return "the request has 'Upgrade: websocket'"
    case .sse:
      return accept.names(Self.events)
        ? "Accept names \(Self.events)" : "\(admission(of: Self.events)), and the route speaks nothing else that fits"
    case .poll:
      return WaitPreference.seconds(head.headers["prefer"]) != nil
        ? "the request has 'Prefer: wait', and \(admission(of: lineType))"
        : "\(admission(of: lineType)), and the route does not speak stream"
    case .stream: return admission(of: lineType)
    }
  }

  private func admission(of type: String) -> String {
    hasAccept ? "Accept admits \(type)" : "the request has no Accept"
  }

  private func whyNot(_ one: EndpointProtocol) -> String {
    guard endpoint.protocols.contains(one) else { return "the route does not speak it" }
    let isUpgrade = WebSocketHandshake.isRequested(by: head)
    if one == .websocket { return isUpgrade ? "the handshake is wrong" : "the request has no 'Upgrade: websocket'" }
    if isUpgrade { return "the request asks for a WebSocket" }
    if one == .poll, WaitPreference.seconds(head.headers["prefer"]) == nil, endpoint.protocols.contains(.stream) {
      return "the request has no 'Prefer: wait=SECONDS'"
    }
    let type = one == .sse ? Self.events : lineType
    guard accept.admits(type) else { return "Accept does not admit \(type)" }
    if one == .sse, !accept.names(type), let chosen { return "no Accept names \(type), so \(chosen) goes first" }
    return chosen.map { "\($0) goes first" } ?? "the request is refused"
  }
}

extension PathPattern {
  /// Why a request with these segments does not belong to the path; `nil`: it could.
  package func mismatch(_ given: [String]) -> String? {
    for (index, segment) in segments.enumerated() {
      if case .rest = segment { return index < given.count ? nil : otherCount(given) }
      guard index < given.count else { return otherCount(given) }
      switch segment {
      case .literal(let text) where text != given[index]:
        return "segment \(index + 1) is '\(given[index])', not '\(text)'"
      case .parameter where given[index].isEmpty: return "segment \(index + 1) is empty"
      default: continue
      }
    }
    return given.count > segments.count ? otherCount(given) : nil
  }

  private func otherCount(_ given: [String]) -> String {
    "the request has \(given.count == 1 ? "1 segment" : "\(given.count) segments"), the path \(segments.count)"
  }

  /// How many segments from the first on agree.
  package func agreement(with given: [String]) -> Int {
    var count = 0
    for (segment, text) in zip(segments, given) {
      if case .literal(let literal) = segment, literal != text { break }
      count += 1
    }
    return count
  }
}
