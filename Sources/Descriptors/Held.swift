import NIOCore

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

  private init(_ claim: Claim, _ number: CInt, file: FileStatus.Identity? = nil, socketFile: UnixSocketFile? = nil) {
    self.claim = claim
    self.number = number
    self.file = file
    self.socketFile = socketFile
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

  /// Removes a socket's file, and closes the descriptor.
  func end() {
    socketFile?.remove()
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
    let (number, status) = try OpenFailure.of(claim.refusal) { () throws(SystemError) in
      if create, try FileStatus(ofPath: path) == nil, mkfifo(path, 0o600) != 0, errno != EEXIST {
        throw SystemError(errno)
      }
      let pipe = try Descriptor(reading: path, flags: O_NONBLOCK)
      return (try pipe.duplicate(), try pipe.status())
    }
    let held = Held(claim, number, file: status.identity)
    guard status.kind == .fifo else {
      held.end()
      throw OpenFailure(claim.refusal, "it is not a named pipe")
    }
    return held
  }
}
