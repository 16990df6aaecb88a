import ConfigText
import Serving

/// `server.control`: where commands reach the server.
package enum ControlSpec: Hashable, Sendable {
  /// Where they look when nothing is said.
  case standard
  /// Nowhere.
  case off
  /// A Unix socket.
  case path(ConfigPath)
}

extension ControlSpec: ConfigValue {
  package static let expectation = "a path for a Unix socket, or off"

  package static func decode(_ node: ConfigNode, _ reader: inout ConfigReader) -> ControlSpec? {
    if let scalar = node.scalar, scalar.isPlain, !scalar.isBroken {
      if scalar.text == "off" { return .off }
      if ["true", "false", "no", "on"].contains(scalar.text) {
        reader.mismatch(node, expected: expectation, suggestion: "off")
        return nil
      }
    }
    guard let path = ConfigPath.decode(node, &reader) else { return nil }
    guard path.path.utf8.count <= ListenAddress.maximumPath else {
      reader.error("the path of a Unix socket has at most \(ListenAddress.maximumPath) bytes", at: node.place)
      return nil
    }
    return .path(path)
  }
}
