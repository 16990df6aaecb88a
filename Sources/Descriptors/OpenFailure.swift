/// Why a socket or a pipe cannot be had, in words for the operator.
package struct OpenFailure: Error, Equatable, Sendable {
  /// What cannot be done: "cannot listen on 127.0.0.1:9000".
  package var what: String
  /// Why not: "Address already in use".
  package var reason: String
  /// The system does not allow it, rather than that it is taken or missing.
  package var isPermission: Bool

  /// A reason that is not the system's.
  package init(_ what: String, _ reason: String) {
    self.what = what
    self.reason = reason
    isPermission = false
  }

  /// The system's reason.
  package init(_ what: String, _ error: SystemError) {
    self.what = what
    reason = error.reason
    isPermission = error.isPermission
  }

  /// Both, in one line.
  package var message: String { "\(what): \(reason)" }
}

extension OpenFailure {
  /// What the body returns; what the system refuses it is why `what` cannot be done.
  static func of<Result>(_ what: String, _ body: () throws(SystemError) -> Result) throws(OpenFailure) -> Result {
    do {
      return try body()
    } catch {
      throw OpenFailure(what, error)
    }
  }
}
