import Dispatch
import Glibc
import Synchronization

/// What happens when somebody ends a program that has started a server: the server ends as well.
package enum Interruption {
  private static let server = Mutex<Int32?>(nil)

  /// Only one server runs at a time.
  package static func set(_ process: SluiceProcess?) { server.withLock { $0 = process?.pid } }

  /// Returns what is to be kept as long as signals are to be seen.
  package static func watch() -> [any DispatchSourceSignal] {
    [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number)
      source.setEventHandler {
        if let pid = server.withLock({ $0 }) { kill(pid, SIGKILL) }
        exit(128 + number)
      }
      source.activate()
      return source
    }
  }
}
