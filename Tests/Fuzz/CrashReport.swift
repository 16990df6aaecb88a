#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Tells, when the process traps or hangs, which input did it: a signal handler can do no more than write what lies ready.
///
/// `begin` is called by one thread; the handler only reads.
enum CrashReport {
  /// How long one input may take in seconds.
  static let patience: UInt32 = 20
  private static let capacity = 64 << 10

  // Plain memory, since a signal handler may neither allocate nor lock. Written by one thread between two inputs.
  private nonisolated(unsafe) static let text = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
  private nonisolated(unsafe) static var length = 0

  /// Must come before the first `begin`.
  static func install() {
    _ = text
    for number in [SIGILL, SIGTRAP, SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGALRM] {
      var action = sigaction()
      #if canImport(Darwin)
        action.__sigaction_u.__sa_handler = report
      #else
        action.__sigaction_handler.sa_handler = report
      #endif
      action.sa_flags = CInt(bitPattern: UInt32(SA_RESETHAND))
      sigaction(number, &action, nil)
    }
    // Peers that are gone are an error code, not a signal.
    signal(SIGPIPE, SIG_IGN)
  }

  /// This input comes next; `headline` tells how it was made.
  static func begin(_ headline: String, _ input: [UInt8]) {
    var line = Array("\nfuzz: \(headline) trapped or hung; input: \(hex(input.prefix(20 << 10)))\n".utf8)
    if line.count > capacity { line = Array(line.prefix(capacity)) }
    text.update(from: line, count: line.count)
    length = line.count
    alarm(patience)
  }

  static func end() { alarm(0) }

  static func hex(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  /// The signal's own action has been restored (`SA_RESETHAND`): raised again, it ends the process.
  private static let report: @convention(c) (CInt) -> Void = { number in
    _ = write(2, text, length)
    raise(number)
  }
}
