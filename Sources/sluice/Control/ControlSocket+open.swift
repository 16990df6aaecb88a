import Descriptors
import Logging
import Routing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension ControlSocket {
  /// The socket that the configuration asks for; `nil`: there is none. Only a path that it names must be had.
  static func open(
    _ spec: ControlSpec, _ environment: [String: String], _ logger: Logger
  ) throws(OpenFailure) -> ControlSocket? {
    switch spec {
    case .off: return nil
    case .path(let path): return try ControlSocket(binding: path.path)
    case .standard:
      guard let path = ControlPlace.candidates(environment, isRoot: geteuid() == 0).first else {
        logger.info("there is no control socket: no folder for it is known; see server.control")
        return nil
      }
      do throws(OpenFailure) {
        makeFolder(of: path)
        return try ControlSocket(binding: path)
      } catch {
        logger.warning("there is no control socket: \(error.message)")
        return nil
      }
    }
  }

  /// What is wrong with it shows when the socket is made.
  private static func makeFolder(of path: String) {
    guard let end = path.lastIndex(of: "/"), end != path.startIndex else { return }
    mkdir(String(path[..<end]), 0o755)
  }
}
