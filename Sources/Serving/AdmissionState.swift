import NIOCore

/// Decides who may connect: pure, time is a parameter. Counts only whom it admits.
struct AdmissionState {
  var limits = ConnectionLimits()
  /// Connections at a time: what `limits` say, or what descriptors allow.
  var connectionLimit = Int.max

  private var open = 0
  private var openByClient: [IPAddress: Int] = [:]
  private var tokens = Double.infinity
  private var filledAt: NIODeadline?

  /// A new connection. `peer`: `nil` for a Unix socket's. Returns the limit it would break.
  mutating func admit(_ peer: IPAddress?, at now: NIODeadline) -> LimitKind? {
    guard open < connectionLimit else { return .connections }
    if let peer, !limits.trusts(peer), isFull(peer.client) { return .connectionsPerAddress }
    guard takeToken(at: now) else { return .newConnections }
    open += 1
    if let peer, !limits.trusts(peer) { openByClient[peer.client, default: 0] += 1 }
    return nil
  }

  /// The end of an admitted connection.
  mutating func leave(_ peer: IPAddress?, wasCounted: Bool) {
    open -= 1
    if let peer, wasCounted { leave(client: peer) }
  }

  /// A client behind a trusted proxy. Its connection is counted already.
  mutating func admit(client: IPAddress) -> LimitKind? {
    guard !isFull(client.client) else { return .connectionsPerAddress }
    openByClient[client.client, default: 0] += 1
    return nil
  }

  mutating func leave(client: IPAddress) {
    guard let count = openByClient[client.client] else { return }
    openByClient[client.client] = count > 1 ? count - 1 : nil
  }

  private func isFull(_ client: IPAddress) -> Bool {
    guard let limit = limits.connectionsPerAddress else { return false }
    return openByClient[client, default: 0] >= limit
  }

  private mutating func takeToken(at now: NIODeadline) -> Bool {
    guard let frequency = limits.newConnections else { return true }
    let elapsed = filledAt.map { Double((now - $0).nanoseconds) / 1e9 } ?? 0
    filledAt = now
    tokens = min(frequency.burst, tokens + elapsed * frequency.perSecond)
    guard tokens >= 1 else { return false }
    tokens -= 1
    return true
  }
}

extension ConnectionLimits {
  /// The peer is believed who its client is; `nil` is a peer on a Unix socket.
  func trusts(_ peer: IPAddress?) -> Bool { trustedProxies.contains { $0.contains(peer) } }

  /// What to answer who hits a limit.
  static func refusal(_ kind: LimitKind) -> Refusal {
    switch kind {
    case .connectionsPerAddress: .tooMany("your address has too many connections")
    case .newConnections: .tooMany("there are too many new connections")
    default: .unavailable("there are too many connections", retryAfter: 5)
    }
  }
}

extension Refusal {
  /// RFC 6585 section 4.
  static func tooMany(_ why: String) -> Refusal { Refusal(.tooManyRequests, why, [("Retry-After", "5")]) }
}
