import NIOCore
import Synchronization

/// The listening sockets and open pipes of a server, each once, however many use it: so that what an old and a new
/// configuration both ask for goes from one to the other without a moment in which neither has it.
///
/// ```
///   old source ── Holding ──┐
///                           ├──▶ Held: one socket that listens     the last Holding that goes closes it
///   new source ── Holding ──┘
/// ```
/// A socket that is held listens, also while nobody accepts: connections wait in its backlog. Those who hold one accept or
/// read one after the other: two at a time would tear messages apart, and take connections from each other.
package final class DescriptorPool: Sendable {
  private let state = Mutex(State())

  fileprivate struct State {
    /// What a new claim shares.
    var current: [Claim: Held] = [:]
    /// How many hold each, also those whose path leads elsewhere by now.
    var uses: [ObjectIdentifier: Int] = [:]
    /// Who accepts or reads from each, and who is to do so next.
    var turns: [ObjectIdentifier: TurnQueue] = [:]
  }

  /// A pool that holds nothing.
  package init() {}

  /// One more use of what is claimed, or the first, which opens it. May wait for the resolution of a name.
  ///
  /// - Throws: `OpenFailure`.
  package func hold(_ claim: Claim) throws(OpenFailure) -> Holding {
    if let held = try state.withLock({ state throws(OpenFailure) in try state.share(claim) }) {
      return Holding(held, pool: self)
    }
    let addresses = try Self.addresses(of: claim)
    // Opened under the lock, which does not wait, so that nobody finds a socket taken that another is about to share.
    let held = try state.withLock { state throws(OpenFailure) in
      if let held = try state.share(claim) { return held }
      return state.add(try Held.open(claim, at: addresses))
    }
    return Holding(held, pool: self)
  }

  /// Somebody holds it no more. Closed under the lock, so that nobody who opens it anew finds it taken.
  func release(_ held: Held, by holder: ObjectIdentifier) {
    let next = state.withLock { state in
      let next = state.turns[ObjectIdentifier(held)]?.leave(holder)
      state.leave(held)
      return next
    }
    next?()
  }

  /// Calls `begin` when all who asked before have let go: at once, or on the thread of the last of them.
  func queue(_ holder: ObjectIdentifier, for held: Held, _ begin: @escaping @Sendable () -> Void) {
    let isFirst = state.withLock { $0.turns[ObjectIdentifier(held), default: TurnQueue()].join(holder, begin) }
    if isFirst { begin() }
  }

  /// Where a TCP socket can be, the best first.
  private static func addresses(of claim: Claim) throws(OpenFailure) -> [SocketAddress] {
    guard case .tcp(let host, let port) = claim else { return [] }
    do {
      guard host.isEmpty else { return [try SocketAddress.makeAddressResolvingHost(host, port: port)] }
      return try ["::", "0.0.0.0"].map { try SocketAddress(ipAddress: $0, port: port) }
    } catch {
      throw OpenFailure(claim.refusal, "\(host) has no address")
    }
  }
}

extension DescriptorPool.State {
  /// One more use of what somebody holds; nil: it is to be opened.
  fileprivate mutating func share(_ claim: Claim) throws(OpenFailure) -> Held? {
    guard let identity = claim.identity, let held = current[identity], held.isCurrent else { return nil }
    if case (.unix(_, let wanted), .unix(_, let given)) = (claim, held.claim), wanted != given {
      throw OpenFailure(claim.refusal, "it is in use for others to connect to")
    }
    uses[ObjectIdentifier(held), default: 0] += 1
    return held
  }

  /// The first use.
  fileprivate mutating func add(_ held: Held) -> Held {
    if let identity = held.claim.identity { current[identity] = held }
    uses[ObjectIdentifier(held)] = 1
    return held
  }

  fileprivate mutating func leave(_ held: Held) {
    let id = ObjectIdentifier(held)
    let left = (uses[id] ?? 1) - 1
    guard left == 0 else {
      uses[id] = left
      return
    }
    uses[id] = nil
    turns[id] = nil
    if let identity = held.claim.identity, current[identity] === held { current[identity] = nil }
    held.end()
  }
}
