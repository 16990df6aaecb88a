import ArgumentParser

/// Exit statuses as `sysexits.h` has them, so that scripts and service managers can tell what went wrong.
enum ExitStatus {
  /// `EX_USAGE`: what was asked for is not understood.
  static let usage = ExitCode(64)
  /// `EX_UNAVAILABLE`: an address cannot be listened on, or no server answers.
  static let unavailable = ExitCode(69)
  /// `EX_IOERR`: standard input cannot be read, or standard output not written.
  static let inputOutput = ExitCode(74)
  /// `EX_NOPERM`: the system does not allow it.
  static let noPermission = ExitCode(77)
  /// `EX_CONFIG`: the configuration is wrong.
  static let configuration = ExitCode(78)
}
