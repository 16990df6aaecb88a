import ConfigText

/// Something of the system that a configuration asks for, and that only one can have at a time.
package enum Claim: Hashable, Sendable {
  /// A socket that listens; `host` empty: every address. Port 0: one that the system chooses.
  case tcp(host: String, port: Int)
  case unix(path: String, access: UnixSocketFile.Access = .owner)
  /// A named pipe that is read; `create`: it is made if it is missing.
  case pipe(path: String, create: Bool)
  /// What was open when the server started.
  case standardInput

  /// By which it is found again, however it is to be opened and its path is written; nil: it is never the same twice.
  package var identity: Claim? {
    switch self {
    case .tcp(_, port: 0): nil
    case .tcp, .standardInput: self
    case .unix(let path, _): .unix(path: ConfigPath(path).absolute)
    case .pipe(let path, _): .pipe(path: ConfigPath(path).absolute, create: false)
    }
  }

  /// What cannot be done when it cannot be had: "cannot listen on :9000".
  var refusal: String {
    switch self {
    case .tcp, .unix: "cannot listen on \(self)"
    case .pipe: "cannot open \(self)"
    case .standardInput: "cannot read \(self)"
    }
  }
}

extension Claim: CustomStringConvertible {
  /// As an operator writes it: "127.0.0.1:9000".
  package var description: String {
    switch self {
    case .tcp(let host, let port): "\(host.contains(":") ? "[\(host)]" : host):\(port)"
    case .unix(let path, _), .pipe(let path, _): path
    case .standardInput: "standard input"
    }
  }
}
