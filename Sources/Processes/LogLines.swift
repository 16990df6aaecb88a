import Logging
import NIOCore
import Subprocess

/// What a process says on its standard error, line by line, to the log: bounded in length and rate.
package struct LogLines {
  private let name: String
  private let logger: Logger
  private var line: [UInt8] = []
  private var isCut = false
  private var second = NIODeadline.distantPast
  private var linesInSecond = 0
  private var suppressed = 0

  /// The most bytes of a line that are logged.
  static let lineBytes = 4 << 10
  /// The most lines that are logged in a second.
  static let linesPerSecond = 100

  /// - Parameter name: what the log calls the process: "source 'ticks'".
  package init(_ name: String, logger: Logger) {
    self.name = name
    self.logger = logger
  }

  /// Reads a standard error until it ends, or until the process has exited and what was in it is read.
  package mutating func read(_ error: SubprocessOutputSequence, of watch: ExitWatch) async {
    var watch = watch
    // A read that fails is the end of the output.
    do {
      for try await bytes in error {
        bytes.withUnsafeBytes { receive($0, at: .now()) }
        if watch.isOverdue(at: .now()) { break }
      }
    } catch {}
    finish(at: .now())
  }

  mutating func receive(_ bytes: UnsafeRawBufferPointer, at now: NIODeadline) {
    for byte in bytes {
      if byte == UInt8(ascii: "\n") {
        endLine(at: now)
      } else if line.count < Self.lineBytes {
        line.append(byte)
      } else {
        isCut = true
      }
    }
  }

  /// The process will say no more.
  mutating func finish(at now: NIODeadline) {
    if !line.isEmpty { endLine(at: now) }
    tellSuppressed()
  }

  private mutating func endLine(at now: NIODeadline) {
    defer {
      line.removeAll(keepingCapacity: true)
      isCut = false
    }
    if now - second >= .seconds(1) {
      tellSuppressed()
      second = now
      linesInSecond = 0
    }
    guard linesInSecond < Self.linesPerSecond else {
      suppressed += 1
      return
    }
    linesInSecond += 1
    if line.last == UInt8(ascii: "\r") { line.removeLast() }
    logger.notice("\(name) says: \(Self.printable(line))\(isCut ? "…" : "")")
  }

  private mutating func tellSuppressed() {
    guard suppressed > 0 else { return }
    logger.warning("\(name): \(suppressed) more lines of its standard error are not shown")
    suppressed = 0
  }

  /// The text without what a terminal would act on.
  private static func printable(_ line: [UInt8]) -> String {
    var text = ""
    for scalar in String(decoding: line, as: UTF8.self).unicodeScalars {
      switch scalar.value {
      case 0x09: text += "\t"
      case 0x00...0x1F, 0x7F...0x9F, 0x2028...0x202E, 0x2060...0x2069:
        text += "\\u{" + String(scalar.value, radix: 16) + "}"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }
}
