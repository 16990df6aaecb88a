import ConfigText
import Delivery
import Descriptors
import Logging
import NIOCore
import NIOPosix
import Streams
import Synchronization

@testable import Ingest

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What a condition did not become in time.
struct TooLate: Error, CustomStringConvertible {
  var description: String
}

/// Waits until a condition holds, with a deadline.
func eventually(
  _ what: String, within limit: Duration = .seconds(120), _ condition: () async throws -> Bool
) async throws {
  let deadline = ContinuousClock.now + limit
  while try await !condition() {
    guard ContinuousClock.now < deadline else { throw TooLate(description: "not in time: \(what)") }
    try await Task.sleep(for: .milliseconds(2))
  }
}

/// Keeps what is logged.
final class LogKeeper: Sendable {
  private let kept = Mutex<[String]>([])

  var lines: [String] { kept.withLock { $0 } }

  var logger: Logger { Logger(label: "test") { _ in Handler(keeper: self) } }

  private struct Handler: LogHandler {
    let keeper: LogKeeper
    var metadata = Logger.Metadata()
    var logLevel = Logger.Level.trace

    init(keeper: LogKeeper) { self.keeper = keeper }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      keeper.kept.withLock { $0.append("\(event.level): \(event.message)") }
    }
  }
}

/// A source with a group that keeps all it says, and a folder of its own.
final class Rig: Sendable {
  let log = LogKeeper()
  let pool = DescriptorPool()
  let folder: String
  let group = Group(
    name: "test", log: StreamLog(history: History(messages: 10_000_000, size: 1 << 30), holdLimit: 1 << 30))

  init() {
    var template = Array("/tmp/sluice-test-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { preconditionFailure("mkdtemp failed") }
    folder = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  deinit { removeAll(in: folder) }

  var context: SourceContext {
    SourceContext(
      eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: log.logger, threadPool: .singleton, pool: pool)
  }

  func path(_ name: String) -> String { "\(folder)/\(name)" }

  /// All messages so far, as text.
  var messages: [String] {
    let start = group.log.start(.all, within: History(messages: 10_000_000, size: 1 << 30))
    let reading = group.log.read(from: start, maxBytes: 1 << 30)
    return reading.chunks.flatMap { chunk in
      (0..<chunk.count).map { String(decoding: chunk.batch[$0], as: UTF8.self) }
    }
  }

  /// Runs a source for as long as the body; the source is stopped afterwards in any case.
  func run(
    _ kind: any SourceKind, settings: SourceSettings = SourceSettings(), _ body: (RunningSource) async throws -> Void
  ) async throws {
    let source = RunningSource(name: "ticks", spec: SourceSpec(kind: kind, settings: settings), context: context)
    source.start(sinks: [group])
    do {
      try await body(source)
    } catch {
      await source.stop()
      throw TooLate(description: "\(error); messages \(messages.prefix(20)); log \(log.lines.suffix(20))")
    }
    await source.stop()
  }

  func untilMessages(_ expected: [String]) async throws {
    try await eventually("messages \(expected)") { messages.count >= expected.count }
    guard messages == expected else { throw TooLate(description: "got \(messages), expected \(expected)") }
  }

  func untilLogged(_ part: String, times: Int = 1) async throws {
    try await eventually("'\(part)' in the log") { log.lines.filter { $0.contains(part) }.count >= times }
  }
}

/// Removes a folder of files.
private func removeAll(in folder: String) {
  if let directory = opendir(folder) {
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if name != ".", name != ".." { unlink("\(folder)/\(name)") }
    }
    closedir(directory)
  }
  rmdir(folder)
}

/// Writes a text to a file; `append` or from its start.
func write(_ text: String, to path: String, append: Bool = false) {
  let file = open(path, O_WRONLY | O_CREAT | (append ? O_APPEND : O_TRUNC), 0o644)
  precondition(file >= 0, "cannot open \(path)")
  writeAll(Array(text.utf8), to: file)
  close(file)
}

func writeAll(_ bytes: [UInt8], to descriptor: CInt) {
  var rest = bytes[...]
  while !rest.isEmpty {
    let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    precondition(count > 0, "cannot write")
    rest = rest.dropFirst(count)
  }
}

/// Whether a process runs; one that nobody has waited for yet has ended all the same.
func isAlive(_ process: pid_t) -> Bool {
  guard kill(process, 0) == 0 else { return false }
  let file = open("/proc/\(process)/stat", O_RDONLY)
  guard file >= 0 else { return errno != ENOENT }
  defer { close(file) }
  var bytes = [UInt8](repeating: 0, count: 512)
  let count = read(file, &bytes, bytes.count)
  let state = String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self).split(separator: ")").last
  return state?.split(separator: " ").first != "Z"
}

/// Decodes a source as a configuration file names it.
func decodeSource(_ yaml: String, file: String = "conf/a.yaml") -> (spec: SourceSpec?, problems: [String]) {
  let loaded = ConfigLoader(environment: [:]).load(text: yaml, file: file)
  var reader = ConfigReader()
  reader.diagnostics = loaded.diagnostics
  let spec = loaded.documents.first.flatMap { SourceSpec.decode($0.root, name: "ticks", &reader) }
  return (spec, reader.diagnostics.map(\.headline))
}
