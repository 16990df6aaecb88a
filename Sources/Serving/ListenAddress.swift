import Descriptors

/// Where a listener binds: `:8080`, `127.0.0.1:8080`, `[::1]:8080`, `localhost:8080`, `8080`, or `unix:PATH`.
package enum ListenAddress: Hashable, Sendable {
  /// `host` empty: every address. Port 0: one that the system chooses.
  case tcp(host: String, port: Int)
  case unix(path: String)

  /// The longest path of a Unix socket (`sun_path`), less its NUL.
  package static let maximumPath = 107

  package init?(_ text: String) {
    if text.hasPrefix("unix:") {
      let path = String(text.dropFirst(5))
      guard !path.isEmpty, path.utf8.count <= Self.maximumPath else { return nil }
      self = .unix(path: path)
      return
    }
    guard let colon = text.lastIndex(of: ":") else {
      guard let port = Self.port(text[...]) else { return nil }
      self = .tcp(host: "", port: port)
      return
    }
    var host = text[..<colon]
    guard let port = Self.port(text[text.index(after: colon)...]) else { return nil }
    if host.hasPrefix("[") {
      guard host.hasSuffix("]"), host.count > 2 else { return nil }
      host = host.dropFirst().dropLast()
    } else if host.contains(":") {
      return nil
    }
    guard !host.contains(where: { $0 == " " || $0 == "/" || $0 == "[" || $0 == "]" }) else { return nil }
    self = .tcp(host: host == "*" ? "" : String(host), port: port)
  }

  private static func port(_ text: Substring) -> Int? {
    guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }), let port = Int(text), port <= 65535 else {
      return nil
    }
    return port
  }
}

extension ListenAddress {
  /// The system chooses the port, so that twice is not the same twice.
  package var isAnyPort: Bool { if case .tcp(_, 0) = self { true } else { false } }

  /// Its socket in the pool.
  package var claim: Claim {
    switch self {
    case .tcp(let host, let port): .tcp(host: host, port: port)
    case .unix(let path): .unix(path: path, access: .umask)
    }
  }
}

extension ListenAddress: CustomStringConvertible {
  package var description: String {
    switch self {
    case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    case .unix(let path): "unix:\(path)"
    }
  }
}
