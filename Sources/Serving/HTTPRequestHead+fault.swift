import NIOHTTP1

extension HTTPRequestHead {
  /// What is wrong with a head that the parser has taken: fields by which two servers could come to mean two things.
  var fault: Refusal? { hostFault ?? codingFault ?? expectFault }

  /// RFC 9112 section 3.2: exactly one `Host`, of HTTP/1.0 at most one, and it is a host with or without a port.
  private var hostFault: Refusal? {
    let hosts = headers["host"]
    if hosts.isEmpty { return version.isHTTP10 ? nil : .badRequest("'Host' is missing") }
    guard hosts.count == 1 else { return .badRequest("'Host' stands twice") }
    return hosts[0].utf8.allSatisfy(Self.isOfHost) ? nil : .badRequest("'Host' is malformed")
  }

  /// What a host and port consist of (RFC 3986 section 3.2.2), brackets included.
  private static func isOfHost(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
    case UInt8(ascii: "a")...UInt8(ascii: "z"): true
    default: "-._~%!$&'()*+,;=:[]".utf8.contains(byte)
    }
  }

  /// RFC 9112 section 6.1: `chunked` alone, never beside a length and never in HTTP/1.0.
  private var codingFault: Refusal? {
    let codings = headers["transfer-encoding"]
    guard !codings.isEmpty else { return nil }
    guard !version.isHTTP10, codings.count == 1, !codings[0].isEmpty, !headers.contains(name: "content-length") else {
      return .badRequest("how long the body is, is said in two ways")
    }
    return codings[0].lowercased() == "chunked"
      ? nil : Refusal(.notImplemented, "'chunked' is the only transfer coding here")
  }

  /// RFC 9110 section 10.1.1; in HTTP/1.0 it means nothing.
  private var expectFault: Refusal? {
    guard !version.isHTTP10, !headers["expect"].allSatisfy({ $0.lowercased() == "100-continue" }) else { return nil }
    return Refusal(.expectationFailed, "'100-continue' is the only expectation that can be met")
  }

  /// The client waits to be told that its body is wanted.
  var expectsContinue: Bool { !version.isHTTP10 && headers.contains(name: "expect") }

  /// What follows the head. The parser has refused lengths that are not digits or stand twice.
  var body: RequestBody {
    if headers.contains(name: "transfer-encoding") { return .chunked }
    return .bytes(headers.first(name: "content-length").map { Int($0) ?? .max } ?? 0)
  }

  /// Whether another request may follow a refusal: not when the parser has stopped, as another protocol could begin.
  var mayBeFollowed: Bool {
    let isUpgrade =
      headers.contains(name: "upgrade")
      && headers[canonicalForm: "connection"].contains { $0.lowercased() == "upgrade" }
    return isKeepAlive && !isUpgrade && method != .CONNECT
  }
}

/// How the end of a request's body is found.
enum RequestBody: Equatable {
  case bytes(Int)
  case chunked
}
