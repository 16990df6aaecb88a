import NIOCore
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What a claim has led to: a socket that listens, or an open pipe. Owned by the pool, which ends it once.
final class Held: Sendable {
  let claim: Claim
  let number: CInt
  /// Which file its path named when it was opened; `nil`: it has no path.
  private let file: FileStatus.Identity?
  private let socketFile: UnixSocketFile?
  /// Its pipe has been made for it, and nobody has come to use it yet.
  private let isProvisional: Mutex<Bool>

  private init(
    _ claim: Claim, _ number: CInt, file: FileStatus.Identity? = nil, socketFile: UnixSocketFile? = nil,
    isMade: Bool = false
  ) {
    self.claim = claim
    self.number = number
    self.file = file
    self.socketFile = socketFile
    isProvisional = Mutex(isMade)
  }

  /// What one user has read and not used, for the next.
  let rest = Mutex<(any Sendable)?>(nil)

  /// A pipe that was made stays from now on, also at the end: writers may have it. What a socket replaces goes.
  func keep() {
    isProvisional.withLock { $0 = false }
    socketFile?.keep()
  }

  /// Whether its path, if it has one, still leads to it.
  var isCurrent: Bool {
    switch claim {
    case .tcp, .standardInput: true
    case .unix(let path, _), .pipe(let path, _): file != nil && (try? FileStatus(ofPath: path)?.identity) == file
    }
  }

  private var isSocket: Bool {
    switch claim {
    case .tcp, .unix: true
    case .pipe, .standardInput: false
    }
  }

  /// Removes a socket's file, and a pipe that was made and never used, and closes the descriptor.
  func end() {
    socketFile?.remove()
    if case .pipe(let path, _) = claim, isProvisional.withLock({ $0 }), isCurrent { unlink(path) }
    // A process that is being started has a copy for a moment, and would go on listening.
    if isSocket { StreamSocket.shutDown(number) }
    close(number)
  }
}

// MARK: - Opening

extension Held {
  /// Opens what is claimed. Does not wait: names have been resolved.
  ///
  /// `addresses`: where a TCP socket can be, the best first.
  static func open(_ claim: Claim, at addresses: [SocketAddress]) throws(OpenFailure) -> Held {
    switch claim {
    case .tcp:
      Held(
        claim,
        try OpenFailure.of(claim.refusal) { () throws(SystemError) in try StreamSocket.listening(on: addresses) })
    case .unix(let path, let access): try listen(claim, UnixSocketFile(binding: path, access: access))
    case .pipe(let path, let create): try openPipe(claim, path, create)
    case .standardInput:
      Held(
        claim,
        try OpenFailure.of(claim.refusal) { () throws(SystemError) in try Descriptor.duplicate(STDIN_FILENO) })
    }
  }

  private static func listen(_ claim: Claim, _ file: UnixSocketFile) throws(OpenFailure) -> Held {
    let held = Held(claim, file.takeSocket(), file: file.identity, socketFile: file)
    do throws(SystemError) {
      try StreamSocket.listen(held.number)
      return held
    } catch {
      held.end()
      throw OpenFailure(claim.refusal, error)
    }
  }

  private static func openPipe(_ claim: Claim, _ path: String, _ create: Bool) throws(OpenFailure) -> Held {
    let isMade = try OpenFailure.of(claim.refusal) { () throws(SystemError) in
      create ? try makePipe(path) : false
    }
    do throws(SystemError) {
      let pipe = try Descriptor(reading: path, flags: O_NONBLOCK)
      let status = try pipe.status()
      if status.kind == .fifo { return Held(claim, try pipe.duplicate(), file: status.identity, isMade: isMade) }
    } catch {
      if isMade { unlink(path) }
      throw OpenFailure(claim.refusal, error)
    }
    throw OpenFailure(claim.refusal, "it is not a named pipe")
  }

  /// Makes a pipe, if nothing has its name. Returns whether it has.
  private static func makePipe(_ path: String) throws(SystemError) -> Bool {
    guard try FileStatus(ofPath: path) == nil else { return false }
    if mkfifo(path, 0o600) == 0 { return true }
    guard errno == EEXIST else { throw SystemError(errno) }
    return false
  }
}
