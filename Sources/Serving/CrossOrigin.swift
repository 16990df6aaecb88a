import NIOHTTP1

/// What pages of other origins may do at an endpoint, by its list (Fetch standard, section 3.2 "CORS protocol").
///
/// A browser sends `Origin` with a WebSocket handshake and with requests to another server; what sends none is not a
/// browser's script, and is not held up. An origin that is not listed is refused before anything is opened: for WebSockets
/// the browser would not do it (RFC 6455 section 10.2). Our own origin counts as any other: `Host` can be made to agree.
struct CrossOrigin: Sendable {
  /// Fields of every answer to the request.
  private(set) var headers: [(String, String)] = []

  /// Response fields that a page's script may read.
  static let exposed = "Sluice-Position, Sluice-Gap, Link, Preference-Applied"
  /// Seconds that a browser may keep the answer to a preflight.
  static let maxAge = 600
  /// Request fields that a script may always send.
  private static let requested = ["Last-Event-ID", "Cache-Control", "Prefer"]
  /// Those that it may send as well; told when it asks for them.
  private static let known = ["accept", "authorization", "content-type", "pragma", "x-requested-with"]

  init(_ head: HTTPRequestHead, _ list: OriginList?) throws(Refusal) {
    guard let list else { return }
    headers.append(("Vary", "Origin"))
    let sent = head.headers["origin"]
    guard !sent.isEmpty else { return }
    let origin = sent.count == 1 ? try? Origin(sent[0]) : nil
    if let origin, list.listed.contains(origin) {
      headers.append(("Access-Control-Allow-Origin", sent[0]))
      headers.append(("Access-Control-Allow-Credentials", "true"))
    } else if list.hasAny {
      headers.append(("Access-Control-Allow-Origin", "*"))
    } else {
      throw Refusal(.forbidden, "this endpoint is not for pages of this origin", headers)
    }
    headers.append(("Access-Control-Expose-Headers", Self.exposed))
  }

  /// The answer to `OPTIONS`: of a preflight also what a script may send.
  func options(_ head: HTTPRequestHead) -> Refusal {
    guard head.headers.contains(name: "access-control-request-method"), headers.count > 1 else {
      return Refusal.options.adding(headers)
    }
    let asked = head.headers[canonicalForm: "access-control-request-headers"].map { $0.lowercased() }
    let allowed = Self.requested + Self.known.filter(asked.contains)
    return Refusal.options.adding(
      headers + [
        ("Access-Control-Allow-Methods", "GET, HEAD"),
        ("Access-Control-Allow-Headers", allowed.joined(separator: ", ")),
        ("Access-Control-Max-Age", String(Self.maxAge)),
      ])
  }
}
