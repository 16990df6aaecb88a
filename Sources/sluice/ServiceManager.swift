#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Tells the service manager how the server does: the protocol of sd_notify(3), a datagram a message.
struct ServiceManager: Sendable {
  /// Where it listens; `nil`: nobody wants to know.
  private let address: UnixAddress?

  /// The variable that says where.
  static let variable = "NOTIFY_SOCKET"

  init(address: String?) { self.address = address.flatMap { UnixAddress($0) } }

  /// Takes the address out of the environment: programs that the server runs do not speak for it. Called at the start,
  /// before anything else may read the environment.
  static func taken(from environment: [String: String]) -> ServiceManager {
    unsetenv(variable)
    return ServiceManager(address: environment[variable])
  }

  /// The server serves, or has ended a reload.
  func ready(_ status: String) { tell(["READY=1", "STATUS=\(status)"]) }

  /// A reload begins. The time, in microseconds, tells which of several requests is answered.
  func reloading() {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    tell(["RELOADING=1", "MONOTONIC_USEC=\(now.tv_sec * 1_000_000 + now.tv_nsec / 1000)", "STATUS=Reloading"])
  }

  /// The server ends.
  func stopping() { tell(["STOPPING=1", "STATUS=Ending"]) }

  private func tell(_ lines: [String]) {
    guard let address, let descriptor = UnixAddress.makeSocket(isStream: false) else { return }
    defer { close(descriptor) }
    var message = lines.joined(separator: "\n")
    _ = message.withUTF8 { bytes in
      address.withSystemAddress { sendto(descriptor, bytes.baseAddress, bytes.count, 0, $0, $1) }
    }
  }

}
