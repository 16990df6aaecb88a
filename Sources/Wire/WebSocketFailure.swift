/// Why a WebSocket connection is failed, with the code its close frame carries (RFC 6455 section 7.4.1).
package enum WebSocketFailure: Error, Equatable, Sendable {
  case protocolError(String)
  case notUTF8
  /// A compressed message is not DEFLATE, or ends inside a block.
  case notDeflate
  case tooBig(limit: Int)
  /// A message inflates to more than so many times its bytes.
  case tooDense(ratio: Int)
  case refused(String)

  package var code: UInt16 {
    switch self {
    case .protocolError: 1002
    case .notUTF8, .notDeflate: 1007
    case .refused: 1008
    case .tooBig, .tooDense: 1009
    }
  }

  package var reason: String {
    switch self {
    case .protocolError(let what), .refused(let what): what
    case .notUTF8: "text is not UTF-8"
    case .notDeflate: "compressed data cannot be read"
    case .tooBig(let limit): "a message is longer than \(limit) bytes"
    case .tooDense(let ratio): "a message inflates to more than \(ratio) times its size"
    }
  }

  /// Section 7.4: 1004–1006 and 1015 are never on the wire; below 1000 and from 5000 nothing is defined.
  static func mayBeSent(_ code: UInt16) -> Bool {
    switch code {
    case 1000...1003, 1007...1014, 3000...4999: true
    default: false
    }
  }
}
