import Foundation

/// The writing end of a named pipe that a source reads.
package final class Feed: Sendable {
  private let handle: FileHandle

  /// Returns when a source has the pipe open.
  package init(_ path: String) async throws {
    var descriptor: Int32 = -1
    try await eventually("a reader of \(path)") {
      descriptor = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC)
      return descriptor >= 0
    }
    _ = fcntl(descriptor, F_SETFL, 0)
    handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
  }

  /// Writes lines.
  package func write(_ lines: String...) throws {
    try handle.write(contentsOf: Data(lines.map { $0 + "\n" }.joined().utf8))
  }
}
