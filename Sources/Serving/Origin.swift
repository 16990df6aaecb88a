/// Where a page comes from: scheme, host and port (RFC 6454 section 4), as browsers send it in `Origin`.
///
/// Scheme and host are in lower case, and a port that is its scheme's own is left out, so that equal origins are equal.
package struct Origin: Hashable, Sendable {
  /// `https://example.com`, `http://localhost:3000`.
  package let text: String

  /// What is wrong with a text that is no origin.
  package enum Problem: Error, Equatable, Sendable {
    case noScheme
    case noHost
    /// There is a path, a query or the like behind it: this would be the origin.
    case tail(before: String)
    case malformed
  }

  /// The longest text that can be one: a host has at most 253 characters.
  package static let maximumLength = 512

  package init(_ text: some StringProtocol) throws(Problem) {
    guard text.utf8.count <= Self.maximumLength else { throw .malformed }
    let lower = text.lowercased()
    guard let colon = lower.firstRange(of: "://") else { throw .noScheme }
    let scheme = lower[..<colon.lowerBound]
    guard Self.isScheme(scheme) else { throw .noScheme }
    let rest = lower[colon.upperBound...]
    let authority = rest.prefix { !"/?#\\".contains($0) }
    guard let (host, port) = Self.split(authority) else { throw authority.isEmpty ? .noHost : .malformed }
    let isOwn = port.map { Self.ownPorts[String(scheme)] == $0 } ?? true
    self.text = "\(scheme)://\(host)" + (isOwn ? "" : ":\(port ?? 0)")
    guard authority.endIndex == rest.endIndex else { throw .tail(before: self.text) }
  }

  private static let ownPorts = ["http": 80, "https": 443]

  /// RFC 3986 section 3.1.
  private static func isScheme(_ text: Substring) -> Bool {
    guard let first = text.utf8.first, isLetter(first) else { return false }
    return text.utf8.allSatisfy { isLetter($0) || isDigit($0) || "+-.".utf8.contains($0) }
  }

  /// Host and port; `nil` when either is none. A name beyond ASCII is written in its `xn--` form, as browsers send it.
  private static func split(_ authority: Substring) -> (Substring, Int?)? {
    var host = authority
    var port: Int?
    if let colon = authority.lastIndex(of: ":"), !authority.hasSuffix("]") {
      let digits = authority[authority.index(after: colon)...]
      guard (1...5).contains(digits.utf8.count), digits.utf8.allSatisfy(isDigit), let number = Int(digits),
        (1...65535).contains(number)
      else { return nil }
      (host, port) = (authority[..<colon], number)
    }
    if host.hasPrefix("["), host.hasSuffix("]") {
      let inner = host.dropFirst().dropLast()
      return inner.isEmpty || !inner.utf8.allSatisfy({ isHex($0) || ":.".utf8.contains($0) }) ? nil : (host, port)
    }
    let isName = host.utf8.allSatisfy { isLetter($0) || isDigit($0) || "-._~".utf8.contains($0) }
    return host.isEmpty || !isName ? nil : (host, port)
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }
  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
  private static func isHex(_ byte: UInt8) -> Bool {
    isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
  }
}

/// The origins whose pages may read an endpoint.
package struct OriginList: Equatable, Sendable {
  /// Pages of any origin may read it, without credentials.
  package var hasAny: Bool
  /// Pages of these may read it, with credentials.
  package var listed: Set<Origin>

  package init(hasAny: Bool = false, listed: Set<Origin> = []) {
    self.hasAny = hasAny
    self.listed = listed
  }
}
