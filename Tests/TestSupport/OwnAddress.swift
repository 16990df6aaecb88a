import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Addresses of this machine that no other test and no other process has.
package enum OwnAddress {
  private static let next = Atomic<Int>(1)

  /// A host in 127.0.0.0/8, where any port is free.
  package static func host() -> String {
    let process = Int(getpid())
    return "127.\(100 + process >> 8 & 127).\(process & 255).\(next.add(1, ordering: .relaxed).newValue & 255)"
  }
}
