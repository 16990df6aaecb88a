import Descriptors
import NIOCore
import Serving

/// An address that cannot be listened on.
package struct BindFailure: Error, Sendable {
  package var address: ListenAddress
  package var reason: String
  /// The system does not allow it, rather than that it is taken.
  package var isPermission: Bool

  init(address: ListenAddress, error: any Error) {
    self.address = address
    if let failure = error as? OpenFailure {
      isPermission = failure.isPermission
      reason = failure.reason
      return
    }
    let code = (error as? IOError)?.errnoCode
    isPermission = code == EACCES || code == EPERM
    reason = code.map { String(cString: strerror($0)) } ?? "\(error)"
  }

  package var message: String { "cannot listen on \(address): \(reason)" }
}

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif
