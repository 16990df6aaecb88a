import COpenSSL
import NIOCore
import NIOHTTP1
import Wire

/// The opening handshake (RFC 6455 section 4.2).
package struct WebSocketHandshake: Sendable {
  /// The value of `Sec-WebSocket-Accept`.
  let accept: String
  /// The subprotocol that both speak, the client's first choice.
  let subprotocol: String?
  /// The ways of compression that the client speaks, its first choice first. None is agreed to by itself.
  let offers: [DeflateOffer]

  static func isRequested(by head: HTTPRequestHead) -> Bool {
    head.headers[canonicalForm: "upgrade"].contains { $0.lowercased() == "websocket" }
  }

  /// `spoken`: the endpoint's subprotocols. A client that offers only others goes on without one, and may close.
  init(_ head: HTTPRequestHead, speaking spoken: [String]) throws(Refusal) {
    guard head.method == .GET else { throw .badRequest("a WebSocket handshake is a GET") }
    guard !head.version.isHTTP10 else { throw .badRequest("a WebSocket handshake is HTTP/1.1") }
    guard head.headers[canonicalForm: "connection"].contains(where: { $0.lowercased() == "upgrade" }) else {
      throw .badRequest("'Connection: Upgrade' is missing")
    }
    guard head.headers["sec-websocket-version"] == ["13"] else { throw .wrongVersion }
    let keys = head.headers["sec-websocket-key"]
    guard keys.count == 1, Self.isKey(keys[0]) else {
      throw .badRequest("'Sec-WebSocket-Key' is not the base64 of 16 bytes")
    }
    // Section 9.1: what is malformed must not be passed over.
    guard let extensions = ExtensionOffer.list(head.headers["sec-websocket-extensions"]) else {
      throw .badRequest("'Sec-WebSocket-Extensions' is malformed")
    }
    offers = DeflateOffer.list(extensions)
    accept = Self.accept(keys[0])
    subprotocol = head.headers[canonicalForm: "sec-websocket-protocol"].map(String.init).first(where: spoken.contains)
  }

  /// 16 bytes are 22 letters and "==".
  private static func isKey(_ key: String) -> Bool {
    let letters = key.utf8.dropLast(2)
    return key.utf8.count == 24 && key.hasSuffix("==")
      && letters.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"): true
        default: false
        }
      }
  }

  /// Section 4.2.2: base64 of the SHA-1 of the key and a fixed GUID; both by libcrypto.
  static func accept(_ key: String) -> String {
    let text = Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)
    var digest = [UInt8](repeating: 0, count: 20)
    var length: UInt32 = 0
    precondition(EVP_Digest(text, text.count, &digest, &length, EVP_sha1(), nil) == 1, "libcrypto has SHA-1")
    // 20 bytes are 28 letters; EVP_EncodeBlock adds a NUL.
    var letters = [UInt8](repeating: 0, count: 29)
    let count = EVP_EncodeBlock(&letters, digest, 20)
    return String(decoding: letters.prefix(Int(count)), as: UTF8.self)
  }
}
