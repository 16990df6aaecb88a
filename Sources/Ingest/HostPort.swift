import ConfigText

/// Where a TCP socket is: `example.com:9000`, `[::1]:9000`, `:9000` for all addresses of this machine.
package struct HostPort: ConfigScalar, Hashable {
  /// A name or an address without brackets; empty: all addresses.
  package var host: String
  /// From 0 to 65535; a listener on 0 gets a free one.
  package var port: Int

  package init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  /// "HOST:PORT, …".
  package static var expectation: String { "HOST:PORT, such as 127.0.0.1:9000, [::1]:9000 or :9000" }

  /// A host and a port with a colon between; an IPv6 address is in brackets.
  package static func parse(_ scalar: ConfigNode.Scalar) throws(ScalarRefusal) -> HostPort {
    let text = scalar.text
    guard let colon = text.lastIndex(of: ":") else {
      throw ScalarRefusal("the port is missing", suggestion: Self.port(text).map { ":\($0)" })
    }
    guard let port = Self.port(text[text.index(after: colon)...]) else {
      throw ScalarRefusal("a port is a number from 0 to 65535")
    }
    var host = text[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = host.dropFirst().dropLast()
      guard host.contains(":") else { throw ScalarRefusal("brackets are for IPv6 addresses") }
    } else if host.contains(":") {
      throw ScalarRefusal("an IPv6 address is in brackets", suggestion: "[\(host)]:\(port)")
    }
    guard host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") }) else {
      throw ScalarRefusal("it is no host name")
    }
    return HostPort(host: String(host), port: port)
  }

  private static func port(_ text: some StringProtocol) -> Int? {
    guard (1...5).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return Int(text).flatMap { $0 <= 65_535 ? $0 : nil }
  }
}

extension HostPort: CustomStringConvertible {
  /// As an operator writes it.
  package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
