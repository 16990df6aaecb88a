import ArgumentParser
import Descriptors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Why a server cannot be asked, in words, and the command's exit status.
struct ControlFailure: Error {
  var message: String
  var status: ExitCode
}

/// A command's side of the control socket.
struct ControlClient {
  let path: String
  /// Seconds that the server may say nothing; `nil`: any number.
  var patience: Int?

  /// Asks, and waits for the whole answer.
  func ask(_ request: ControlRequest) throws(ControlFailure) -> ControlAnswer {
    guard request.line.utf8.count <= ControlRequest.maximumBytes else {
      throw ControlFailure(message: "the paths are too long for a request", status: ExitStatus.usage)
    }
    let descriptor = try connected()
    defer { close(descriptor) }
    if let patience { UnixAddress.setTimeout(descriptor, SO_RCVTIMEO, seconds: patience) }
    // What cannot be sent has no answer either.
    send(Array((request.line + "\n").utf8), on: descriptor)
    let bytes = try received(on: descriptor)
    guard let answer = ControlAnswer(bytes: bytes) else {
      throw unavailable("the server at \(path) ended before it answered")
    }
    return answer
  }

  private func connected() throws(ControlFailure) -> CInt {
    guard let address = UnixAddress(path: path), let descriptor = UnixAddress.makeSocket(isStream: true) else {
      throw unavailable("\(path) cannot be the path of a socket")
    }
    while address.withSystemAddress({ connect(descriptor, $0, $1) }) != 0 {
      let error = SystemError(errno)
      if error.code == EINTR { continue }
      close(descriptor)
      if error.isPermission {
        throw ControlFailure(
          message: "cannot ask the server at \(path): \(error.reason)", status: ExitStatus.noPermission)
      }
      throw unavailable("no server answers at \(path): \(error.reason)")
    }
    return descriptor
  }

  private func send(_ bytes: [UInt8], on descriptor: CInt) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }

  private func received(on descriptor: CInt) throws(ControlFailure) -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
      if count > 0 {
        bytes += buffer[..<count]
      } else if count == 0 || errno == ECONNRESET {
        return bytes
      } else if errno == EAGAIN {
        throw unavailable("the server at \(path) does not answer")
      } else if errno != EINTR {
        throw unavailable("the server at \(path) cannot be read: \(SystemError(errno).reason)")
      }
    }
  }

  private func unavailable(_ message: String) -> ControlFailure {
    ControlFailure(message: message, status: ExitStatus.unavailable)
  }
}
