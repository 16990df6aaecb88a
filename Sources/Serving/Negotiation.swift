import Delivery
import NIOHTTP1
import Streams

/// Decides what a request is to be answered: pure, no socket, no clock.
package struct Negotiation: Sendable {
  let table: RouteTable

  package init(_ table: RouteTable) { self.table = table }

  package enum Answer: Sendable {
    case refuse(Refusal)
    /// `HEAD`: what `GET` would say, without a body.
    case describe(Subscription)
    case subscribe(Subscription)
  }

  package func answer(_ head: HTTPRequestHead) -> Answer {
    guard head.uri != "*" else {
      return head.method == .OPTIONS ? .refuse(.options) : .refuse(.badRequest("'*' is for OPTIONS"))
    }
    guard let target = RequestTarget(head.uri) else { return .refuse(.badRequest("the request target is malformed")) }
    guard let (endpoint, parameters) = table.match(target.segments) else { return .refuse(.notFound) }
    let access: CrossOrigin
    do throws(Refusal) { access = try CrossOrigin(head, endpoint.settings.origins) } catch { return .refuse(error) }
    switch head.method {
    case .OPTIONS: return .refuse(access.options(head))
    case .GET, .HEAD: break
    default: return .refuse(.methodNotAllowed.adding(access.headers))
    }
    do throws(Refusal) {
      let chosen = try choose(head, endpoint.settings)
      let resume = try Resume(head, target)
      let subscription = Subscription(
        endpoint: endpoint, parameters: parameters, query: target.firstValues, chosen: chosen, resume: resume,
        framing: BodyFraming(head, endpoint.settings.compression), access: access)
      return head.method == .HEAD ? .describe(subscription) : .subscribe(subscription)
    } catch {
      return .refuse(error.adding(access.headers))
    }
  }

  /// `Upgrade: websocket` → websocket; `Accept: text/event-stream` → sse; `Prefer: wait=N` → poll; else what the route
  /// speaks and `Accept` admits.
  private func choose(_ head: HTTPRequestHead, _ endpoint: EndpointSettings) throws(Refusal) -> Subscription.Chosen {
    let spoken = endpoint.protocols
    if WebSocketHandshake.isRequested(by: head) {
      guard spoken.contains(.websocket) else {
        throw .notAcceptable("this endpoint speaks \(Self.list(spoken)), not websocket")
      }
      return .webSocket(try WebSocketHandshake(head, speaking: endpoint.subprotocols))
    }
    guard spoken != [.websocket] else { throw .upgradeRequired }
    let accept = AcceptHeader(head.headers[canonicalForm: "accept"].joined(separator: ","))
    if spoken.contains(.sse), accept.names("text/event-stream") { return .sse }
    if accept.admits(endpoint.contentType) {
      let wait = WaitPreference.seconds(head.headers["prefer"])
      if spoken.contains(.poll), wait != nil || !spoken.contains(.stream) { return .poll(wait: wait) }
      if spoken.contains(.stream) { return .stream }
    }
    if spoken.contains(.sse), accept.admits("text/event-stream") { return .sse }
    let hasLines = spoken.contains(.stream) || spoken.contains(.poll)
    let types = (spoken.contains(.sse) ? ["text/event-stream"] : []) + (hasLines ? [endpoint.contentType] : [])
    throw .notAcceptable("this endpoint sends \(types.joined(separator: " or "))")
  }

  private static func list(_ protocols: Set<EndpointProtocol>) -> String {
    EndpointProtocol.allCases.filter(protocols.contains).map(\.rawValue).joined(separator: " and ")
  }
}

/// A request that is to become a subscriber.
package struct Subscription: Sendable {
  package enum Chosen: Sendable {
    case webSocket(WebSocketHandshake)
    case sse
    case stream
    /// Seconds to wait for something new; `nil` when the client has not said so: none.
    case poll(wait: Int?)
  }

  /// The route; after a reload another of that path.
  package var endpoint: Endpoint {
    didSet { hasNoNotes = hasNoNotes || endpoint.settings.isBinary && format.isPlain }
  }
  package let parameters: PathParameters
  /// Each parameter of the query with its first value.
  package let query: [String: String]
  package let chosen: Chosen
  package var resume: Resume
  let framing: BodyFraming
  /// What the response says to pages of other origins.
  let access: CrossOrigin
  /// The stream is nothing but its messages' bytes, or was when it began, so a note of the server's would spoil it.
  private(set) var hasNoNotes: Bool

  init(
    endpoint: Endpoint, parameters: PathParameters, query: [String: String], chosen: Chosen, resume: Resume,
    framing: BodyFraming, access: CrossOrigin
  ) {
    self.endpoint = endpoint
    self.parameters = parameters
    self.query = query
    self.chosen = chosen
    self.resume = resume
    self.framing = framing
    self.access = access
    hasNoNotes = endpoint.settings.isBinary && chosen.format(framing).isPlain
  }

  package var settings: EndpointSettings { endpoint.settings }

  var request: StreamRequest { StreamRequest(parameters: parameters, query: query, token: resume.token) }

  /// Of a WebSocket: unless it is compressed, which is chosen when it begins.
  var format: WireFormat { chosen.format(framing) }
}

/// How the body of a stream's response is framed and coded.
enum BodyFraming: Equatable {
  /// HTTP/1.0 has no chunks: its response ends with the connection.
  case closed
  case chunked
  /// Inside gzip, which the client takes, and in chunks.
  case gzip

  init(_ head: HTTPRequestHead, _ compression: Compression) {
    guard !head.version.isHTTP10 else {
      self = .closed
      return
    }
    let accepted = head.headers[canonicalForm: "accept-encoding"].joined(separator: ",")
    self = compression.mode != .off && AcceptEncoding(accepted).admitsGzip ? .gzip : .chunked
  }
}

extension Subscription.Chosen {
  fileprivate func format(_ framing: BodyFraming) -> WireFormat {
    switch (self, framing) {
    case (.webSocket, _): .webSocket
    case (.sse, .closed): .sse
    case (.sse, .chunked): .sseChunked
    case (.sse, .gzip): .sseGzip
    case (.stream, .closed), (.poll, _): .stream
    case (.stream, .chunked): .streamChunked
    case (.stream, .gzip): .streamGzip
    }
  }
}

/// Where a request wants to go on: `Last-Event-ID`, else `?last_event_id=`, else `?after=`.
package struct Resume: Equatable, Sendable {
  package var token: ResumeToken?
  /// The id is not EPOCH-SEQ: one that a message has of its own, or (as an EventSource sends what it had from whoever
  /// answered before) unknown here, which is told as a gap.
  package var isForeign = false
  /// `after` was given, perhaps empty: the subscriber wants to be told where it starts.
  package var wantsPosition = false
  /// The last event id as it came: perhaps one that a message has of its own.
  private var lastID: String?

  /// The id, unless it is the server's own in a log of this epoch.
  func ownID(in epoch: Epoch) -> String? { token?.epoch == epoch ? nil : lastID }

  /// Of a subscriber that has all up to a message.
  init(after token: ResumeToken) { self.token = token }

  init(_ head: HTTPRequestHead, _ target: RequestTarget) throws(Refusal) {
    if let after = target.value("after") {
      wantsPosition = true
      if !after.isEmpty {
        guard let token = ResumeToken(after) else { throw .badRequest("'after' is not EPOCH-SEQ") }
        self.token = token
      }
    }
    let header = head.headers.first(name: "last-event-id").flatMap { $0.isEmpty ? nil : $0 }
    guard let last = header ?? target.value("last_event_id"), !last.isEmpty else { return }
    lastID = last.utf8.count <= Label.mostBytes ? last : nil
    token = ResumeToken(last)
    isForeign = token == nil
  }
}

extension HTTPVersion {
  /// Neither chunks nor upgrades (RFC 9112 appendix C.2).
  var isHTTP10: Bool { major < 1 || major == 1 && minor == 0 }
}
