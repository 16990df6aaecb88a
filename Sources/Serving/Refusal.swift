import NIOHTTP1

/// A request that does not become a subscriber: its status, and what the body says in one line.
package struct Refusal: Error, Equatable, Sendable {
  package var status: HTTPResponseStatus
  package var text: String
  package var headers: [(String, String)]

  package static func == (a: Refusal, b: Refusal) -> Bool {
    a.status == b.status && a.text == b.text && a.headers.elementsEqual(b.headers, by: ==)
  }

  init(_ status: HTTPResponseStatus, _ text: String, _ headers: [(String, String)] = []) {
    self.status = status
    self.text = text
    self.headers = headers
  }

  /// The same with more header fields.
  func adding(_ more: [(String, String)]) -> Refusal { Refusal(status, text, headers + more) }

  private static let methods = "GET, HEAD, OPTIONS"

  /// The answer to OPTIONS (RFC 9110 section 9.3.7).
  static let options = Refusal(.noContent, "", [("Allow", methods)])
  static let notFound = Refusal(.notFound, "no route has this path")
  static let methodNotAllowed = Refusal(.methodNotAllowed, "endpoints are read with GET", [("Allow", methods)])
  /// RFC 9110 section 15.5.22.
  static let upgradeRequired = Refusal(
    .upgradeRequired, "this endpoint speaks websocket", [("Upgrade", "websocket"), ("Connection", "Upgrade")])
  /// RFC 6455 section 4.2.2.
  static let wrongVersion = Refusal(
    .upgradeRequired, "version 13 of the WebSocket protocol is spoken here",
    [("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Version", "13")])

  static func badRequest(_ why: String) -> Refusal { Refusal(.badRequest, why) }
  static func notAcceptable(_ why: String) -> Refusal { Refusal(.notAcceptable, why) }
  /// The thing behind a route is not there.
  static let gone = Refusal(.notFound, "there is nothing behind this path now")
  static let unopened = unavailable("the stream cannot be opened", retryAfter: 5)
  /// Tried again by good clients after so many seconds.
  static func unavailable(_ why: String, retryAfter seconds: Int) -> Refusal {
    Refusal(.serviceUnavailable, why, [("Retry-After", String(seconds))])
  }
}
