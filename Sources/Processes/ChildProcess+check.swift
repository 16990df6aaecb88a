import ConfigText
import Descriptors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension ChildProcess {
  /// Where programs are looked for when nothing says where.
  private static let standardPath = "/usr/bin:/bin"

  /// Looks whether it could be started now: its user and folder exist, its program exists and may be executed. What a
  /// text for the shell calls is not known.
  ///
  /// - Throws: `ProcessFailure`.
  package func check() throws(ProcessFailure) {
    if let user { _ = try Account(named: user) }
    try checkFolder()
    guard case .program(let program, _) = command else { return }
    let reason =
      switch program {
      case .path(let path): Self.obstacle(path.path)
      case .name(let name): obstacle(named: name)
      }
    if let reason { throw ProcessFailure("\(command.shortName) cannot be started: \(reason)") }
  }

  private func checkFolder() throws(ProcessFailure) {
    let reason: String
    do throws(SystemError) {
      let status = try FileStatus(ofPath: folder.path)
      if status?.kind == .folder { return }
      reason = status == nil ? "the folder \(folder.path) is missing" : "\(folder.path) is not a folder"
    } catch {
      reason = "the folder \(folder.path): \(error.reason)"
    }
    throw ProcessFailure("\(command.shortName) cannot be started: \(reason)")
  }

  /// Why a program is not found in the PATH that the process will have; nil: it is.
  private func obstacle(named name: String) -> String? {
    let path = environment["PATH"] ?? getenv("PATH").map { String(cString: $0) } ?? Self.standardPath
    let folders = path.split(separator: ":").filter { $0.hasPrefix("/") }
    guard !folders.contains(where: { Self.obstacle("\($0)/\(name)") == nil }) else { return nil }
    return "there is no program '\(name)' in \(path)"
  }

  /// Why a file cannot be executed; nil: it can.
  private static func obstacle(_ path: String) -> String? {
    guard faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) == 0 else { return "\(path): \(SystemError(errno).reason)" }
    let isFolder = (try? FileStatus(ofPath: path)?.kind) == .folder
    return isFolder ? "\(path) is a folder" : nil
  }
}
