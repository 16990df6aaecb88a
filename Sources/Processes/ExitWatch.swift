import NIOCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Whether a process has exited, without reaping it, and for how long its output may still be read.
package struct ExitWatch {
  private let id: pid_t
  private var noticed: NIODeadline?

  /// How long output is read that comes from others when the process itself has exited.
  package static let allowance = TimeAmount.seconds(1)

  package init(_ id: pid_t) { self.id = id }

  package var hasExited: Bool {
    var information = siginfo_t()
    // WNOWAIT: Subprocess reaps it. An error means that there is no such child any more.
    let result = waitid(P_PID, id_t(id), &information, WEXITED | WNOHANG | WNOWAIT)
    return result != 0 || information.si_signo == SIGCHLD
  }

  /// Asked once a read.
  package mutating func isOverdue(at now: NIODeadline) -> Bool {
    if let noticed { return now - noticed > Self.allowance }
    if hasExited { noticed = now }
    return false
  }
}
