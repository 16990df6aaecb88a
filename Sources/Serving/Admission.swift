import NIOCore
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Lets connections in, or not: `AdmissionState` for all event loops. Each connection is let out when it closes.
package final class Admission: Sendable {
  private struct State {
    var admitted = AdmissionState()
    /// Connections that are being told that there is no room.
    var refused = 0
  }

  private let state = Mutex(State())

  /// The most connections at a time that are told there is no room; more are closed without a word. They must fit into
  /// what is kept back of the descriptors.
  private static let mostRefused = min(64, descriptors.map { reserve(of: $0) / 6 } ?? 64)

  /// Descriptors must never run out, whatever `limits` say: the runtime's own threads end the process when they cannot
  /// open a file to look at themselves (libdispatch, `_dispatch_workq_count_runnable_workers`).
  func apply(_ limits: ConnectionLimits) {
    let limit = min(limits.connections ?? .max, Self.connectionsByDescriptors)
    state.withLock {
      $0.admitted.limits = limits
      $0.admitted.connectionLimit = limit
    }
  }

  /// Counts a connection in. Returns the limit it would break.
  func admit(_ channel: any Channel) -> LimitKind? {
    let peer = channel.remoteAddress.flatMap { IPAddress($0) }
    let (broken, wasCounted) = state.withLock {
      ($0.admitted.admit(peer, at: .now()), !$0.admitted.limits.trusts(peer))
    }
    guard broken == nil else { return broken }
    channel.closeFuture.whenComplete { _ in
      self.state.withLock { $0.admitted.leave(peer, wasCounted: wasCounted) }
    }
    return nil
  }

  /// Counts in a client that a trusted proxy speaks for; whoever is counted in must `leave`.
  func admit(client: IPAddress) -> LimitKind? { state.withLock { $0.admitted.admit(client: client) } }

  func leave(client: IPAddress) { state.withLock { $0.admitted.leave(client: client) } }

  /// Whether there is time to tell a connection that it is refused.
  func mayRefuse(_ channel: any Channel) -> Bool {
    let isOne = state.withLock { state in
      guard state.refused < Self.mostRefused else { return false }
      state.refused += 1
      return true
    }
    if isOne { channel.closeFuture.whenComplete { _ in self.state.withLock { $0.refused -= 1 } } }
    return isOne
  }

  /// The process's descriptors less some for sources, files, and connections that are being refused.
  private static var connectionsByDescriptors: Int { descriptors.map { max(1, $0 - reserve(of: $0)) } ?? .max }

  /// How many the process may have; `nil`: any number.
  private static var descriptors: Int? {
    #if canImport(Glibc)
      let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #else
      let resource = RLIMIT_NOFILE
    #endif
    var limit = rlimit()
    return getrlimit(resource, &limit) == 0 ? Int(exactly: limit.rlim_cur) : nil
  }

  /// A sixteenth, but from 128 to 1,024, and at most half; of very few 48, which the server needs itself.
  static func reserve(of descriptors: Int) -> Int {
    max(min(max(descriptors / 16, 128), 1024, descriptors / 2), min(48, descriptors * 3 / 4))
  }
}
