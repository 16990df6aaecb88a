import NIOCore

/// An IPv4 or IPv6 address; an IPv4 address in IPv6 clothes (`::ffff:1.2.3.4`) is the IPv4 address.
package struct IPAddress: Hashable, Sendable {
  /// An IPv4 address's 32 bits are the last.
  let bits: UInt128
  let isIPv4: Bool

  var width: Int { isIPv4 ? 32 : 128 }

  /// Bits 32 to 47 of an IPv4-mapped address (RFC 4291 section 2.5.5.2).
  private static let mapped: UInt128 = 0xFFFF

  private init(ipv6 bits: UInt128) {
    isIPv4 = bits >> 32 == Self.mapped
    self.bits = isIPv4 ? bits & 0xFFFF_FFFF : bits
  }

  private init(ipv4 bits: UInt32) {
    isIPv4 = true
    self.bits = UInt128(bits)
  }

  /// `nil`: neither `1.2.3.4` nor `2001:db8::1`. No brackets, no zone.
  package init?(_ text: some StringProtocol) {
    guard let address = try? SocketAddress(ipAddress: String(text), port: 0) else { return nil }
    self.init(address)
  }

  /// `nil`: a Unix socket's peer.
  package init?(_ address: SocketAddress) {
    switch address {
    case .v4(let v4): self.init(ipv4: UInt32(bigEndian: v4.address.sin_addr.s_addr))
    case .v6(let v6):
      let bits = withUnsafeBytes(of: v6.address.sin6_addr) { $0.reduce(UInt128(0)) { $0 << 8 | UInt128($1) } }
      self.init(ipv6: bits)
    case .unixDomainSocket: return nil
    }
  }

  /// Who is counted: an IPv4 address, or an IPv6 network of 64 bits, which a single client has to itself.
  var client: IPAddress { isIPv4 ? self : IPAddress(ipv6: bits & ~UInt128(UInt64.max)) }
}

/// Addresses that share their first bits: `10.0.0.0/8`, `::1`; or `unix`, all peers on Unix sockets.
package struct AddressNetwork: Hashable, Sendable {
  /// `nil`: peers on Unix sockets.
  private let address: IPAddress?
  private let prefix: Int

  /// `nil`: not an address, or a prefix longer than it, or bits behind the prefix.
  package init?(_ text: String) {
    guard text != "unix" else {
      address = nil
      prefix = 0
      return
    }
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let address = IPAddress(parts[0]) else { return nil }
    var prefix = address.width
    if parts.count == 2 {
      guard parts[1].utf8.allSatisfy({ (48...57).contains($0) }), let given = Int(parts[1]), given <= prefix else {
        return nil
      }
      prefix = given
    }
    guard Self.top(prefix, of: address) == address.bits else { return nil }
    self.address = address
    self.prefix = prefix
  }

  /// `nil` is a peer on a Unix socket.
  package func contains(_ peer: IPAddress?) -> Bool {
    guard let address, let peer else { return address == nil && peer == nil }
    return address.isIPv4 == peer.isIPv4 && Self.top(prefix, of: peer) == address.bits
  }

  /// The address with all bits behind the prefix cleared.
  private static func top(_ prefix: Int, of address: IPAddress) -> UInt128 {
    let rest = address.width - prefix
    return rest >= 128 ? 0 : (address.bits >> UInt128(rest)) << UInt128(rest)
  }
}
