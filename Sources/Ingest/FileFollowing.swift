import Descriptors
import NIOCore
import NIOPosix

/// Follows a file as `tail -F` does.
struct FileFollowing {
  let path: String
  let fromStart: Bool

  /// How often a file that has no more is looked at.
  static let pause = Duration.milliseconds(100)

  /// Follows until the task is cancelled.
  ///
  /// - Throws: `SourceFailure` when the path is not a file, or cannot be read; `CancellationError`.
  func run(into outlet: Outlet, settings: SourceSettings, pool: NIOThreadPool) async throws -> String {
    var follower = FileFollower(path: path, fromStart: fromStart)
    var feed = FramedFeed(settings, into: outlet)
    // Told on change only: a file that is there but silent may be known as stalled.
    var isThere: Bool?
    while true {
      try Task.checkCancellation()
      let step: FileFollower.Step
      do {
        (follower, step) = try await pool.runIfActive { [follower] in
          var follower = follower
          let step = try follower.next()
          return (follower, step)
        }
      } catch let error as SystemError {
        throw SourceFailure("cannot read \(path): \(error.reason)")
      }
      if isThere != (step != .missing) {
        isThere = step != .missing
        outlet.report(
          isThere == true ? .running : .starting, (isThere == true ? "follows " : "waits for missing ") + path)
      }
      switch step {
      case .bytes(let bytes):
        try await feed.receive(bytes)
      case .ended:
        await feed.finish()
        feed = FramedFeed(settings, into: outlet)
      case .atEnd, .missing:
        try await Task.sleep(for: Self.pause)
      }
    }
  }
}

/// Decides what to read next of a path that names one file after another.
///
/// ```
///   file A ──bytes──▶ atEnd … atEnd   (path names B) atEnd, atEnd ──▶ ended ──▶ file B from its start
///                     size < offset: ended, from the start again
/// ```
struct FileFollower: Sendable {
  enum Step: Equatable {
    case bytes([UInt8])
    /// Nothing new at the moment.
    case atEnd
    /// What was read so far is complete: the file has been replaced or cut; go on at once.
    case ended
    /// There is no file.
    case missing
  }

  private let path: String
  private var startsAtEnd: Bool
  private var file: Descriptor?
  private var identity: FileStatus.Identity?
  private var offset = 0
  /// How often in a row the end was met since another file has the name: its writer may still write to the old one.
  private var endsSinceReplaced = 0

  static let readBytes = 256 << 10

  init(path: String, fromStart: Bool) {
    self.path = path
    startsAtEnd = !fromStart
  }

  /// Reads on, or looks what has become of the file.
  ///
  /// - Throws: `SystemError`.
  mutating func next() throws(SystemError) -> Step {
    guard let file else { return try open() }
    if let bytes = try file.read(Self.readBytes, at: offset), !bytes.isEmpty {
      offset += bytes.count
      endsSinceReplaced = 0
      return .bytes(bytes)
    }
    if try file.status().size < offset {
      offset = 0
      return .ended
    }
    // While the name is missing the writer has the old file still.
    guard let named = try FileStatus(ofPath: path), named.identity != identity else { return .atEnd }
    endsSinceReplaced += 1
    guard endsSinceReplaced > 1 else { return .atEnd }
    self.file = nil
    return .ended
  }

  private mutating func open() throws(SystemError) -> Step {
    // Whatever appears later is new from its start.
    defer { startsAtEnd = false }
    let opened: Descriptor
    do {
      opened = try Descriptor(reading: path, flags: Self.openFlags)
    } catch  where error.code == Self.missingFile {
      return .missing
    }
    let status = try opened.status()
    if status.kind == .folder { throw SystemError(Self.isFolder) }
    guard status.kind == .regular else { throw SystemError(Self.notAFile) }
    file = opened
    identity = status.identity
    offset = startsAtEnd ? status.size : 0
    endsSinceReplaced = 0
    return .atEnd
  }
}
