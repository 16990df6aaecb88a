import Delivery
import Descriptors
import Filters
import Logging
import NIOCore
import NIOPosix
import Streams
import Synchronization

/// A file that every subscriber gets whole, from its start, as fast as its own socket takes it.
package struct EachFile: Sendable {
  package let path: String
  package let settings: SourceSettings
  /// The source's name, for the log.
  package let name: String

  /// A file of a source; nil if the source is not of that kind.
  package init?(_ spec: SourceSpec, name: String) {
    guard let source = spec.kind as? FileSource, source.mode == .each else { return nil }
    path = source.path.path
    settings = spec.settings
    self.name = name
  }

  /// Opens the file for one subscriber: a group of its own that reads on when its subscriber has everything. After a
  /// token of the same version of the file it goes on behind that message, else it starts at the beginning.
  ///
  /// - Throws: `SourceFailure` when the file cannot be opened.
  ///
  /// `pipeline`: what the messages pass.
  package func open(
    after token: ResumeToken?, through pipeline: Pipeline = Pipeline([]), context: SourceContext
  ) throws(SourceFailure) -> Group {
    try reader(after: token, through: pipeline, context: context).group
  }

  func reader(
    after token: ResumeToken?, through pipeline: Pipeline = Pipeline([]), context: SourceContext
  ) throws(SourceFailure) -> (group: Group, reader: EachFileReader) {
    let file: Descriptor
    let epoch: Epoch
    do {
      file = try Descriptor(reading: path, flags: FileFollower.openFlags)
      let status = try file.status()
      guard status.kind == .regular else { throw SourceFailure("\(path) is not a file") }
      epoch = Self.epoch(of: status)
    } catch let failure as SourceFailure {
      throw failure
    } catch {
      let system = error as? SystemError
      throw SourceFailure("cannot open \(path): \(system?.reason ?? "\(error)")", isMissing: system?.code == ENOENT)
    }
    let known = token?.epoch == epoch ? token?.last ?? .zero : .zero
    let log = StreamLog(epoch: epoch, first: known + 1, history: .none, holdLimit: Int.max / 4)
    let outlet = Outlet(source: name, logger: context.logger)
    let reader = EachFileReader(
      file: file, passing: Int(known.value), feed: FramedFeed(settings, into: outlet), pipeline: pipeline, name: name,
      context: context)
    let group = Group(name: name, log: log) { reader.readOn() }
    reader.attach(group)
    return (group, reader)
  }

  /// The same for the same version of the same file, also in another run of the server (FNV-1a, 48 bits of it).
  private static func epoch(of status: FileStatus) -> Epoch {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    let parts = [
      status.identity.device, status.identity.inode, UInt64(status.size), UInt64(bitPattern: status.modified),
    ]
    for part in parts {
      for shift in stride(from: UInt64(0), to: 64, by: 8) {
        hash = (hash ^ (part >> shift & 0xFF)) &* 0x100_0000_01B3
      }
    }
    return Epoch((hash ^ hash >> 48) & 0xFFFF_FFFF_FFFF)
  }
}

/// Reads one file for one group, one batch at a time, when it is asked to.
///
/// The group holds the reader by its `pull`, the reader the group weakly: both go with the last subscriber.
final class EachFileReader: Sendable {
  private let state: Mutex<State>
  private let pool: NIOThreadPool
  private let logger: Logger
  private let name: String
  private let troubles: FilterTroubles

  /// Only the one read that is under way takes the work out.
  private struct State {
    var work: Work?
    weak var group: Group?
    var isAskedAgain = false
  }

  /// What a read needs, and leaves for the next.
  private struct Work {
    var file: Descriptor
    var feed: FramedFeed
    var pipeline: Pipeline
    var offset = 0
    /// Messages to pass over, since the subscriber has them.
    var passing: Int
  }

  /// The most bytes of one read.
  static let readBytes = 128 << 10

  init(
    file: Descriptor, passing: Int, feed: FramedFeed, pipeline: Pipeline, name: String, context: SourceContext
  ) {
    state = Mutex(State(work: Work(file: file, feed: feed, pipeline: pipeline, passing: passing)))
    troubles = FilterTroubles(name: "source '\(name)'", logger: context.logger, timers: context.eventLoopGroup.next())
    pool = context.threadPool
    logger = context.logger
    self.name = name
  }

  func attach(_ group: Group) { state.withLock { $0.group = group } }

  /// Reads the next batch, unless a read is under way. From any thread; returns at once.
  func readOn() {
    let isFree = state.withLock { state in
      state.isAskedAgain = true
      return state.work != nil
    }
    guard isFree else { return }
    pool.submit { pool in
      if pool == .active { self.readWhileAsked() }
    }
  }

  private func readWhileAsked() {
    while let (work, group) = takeWork() {
      guard let left = read(work, for: group) else {
        group.finish()
        return
      }
      state.withLock { $0.work = left }
    }
  }

  /// The work, if somebody asks for it and nobody else has it.
  private func takeWork() -> (Work, Group)? {
    state.withLock { state in
      guard state.isAskedAgain, let group = state.group, let work = state.work else { return nil }
      state.isAskedAgain = false
      state.work = nil
      return (work, group)
    }
  }

  /// Reads until there is something to publish; nil at the end of the file, which closes it.
  private func read(_ work: consuming Work, for group: Group) -> Work? {
    while true {
      let bytes: [UInt8]
      do {
        bytes = try work.file.read(Self.readBytes, at: work.offset) ?? []
      } catch {
        logger.warning("source '\(name)': cannot read on: \(error.reason)")
        return nil
      }
      let isAtEnd = bytes.isEmpty
      work.offset += bytes.count
      let cut = isAtEnd ? FramedFeed.Cut(batch: work.feed.end()) : bytes.withUnsafeBytes { work.feed.cut($0) }
      let batch = Self.unknown(of: filtered(cut.batch, isAtEnd: isAtEnd, &work.pipeline), passing: &work.passing)
      group.publish(batch)
      if let reason = work.pipeline.takeClosing() {
        logger.warning("source '\(name)': \(reason)")
        return nil
      }
      if let failure = cut.failure {
        logger.warning("source '\(name)': \(failure.reason)")
        return nil
      }
      if isAtEnd { return nil }
      if !batch.isEmpty { return work }
    }
  }

  private func filtered(_ batch: Batch, isAtEnd: Bool, _ pipeline: inout Pipeline) -> Batch {
    guard !pipeline.isEmpty else { return batch }
    var out = pipeline.process(batch, at: .now())
    if isAtEnd { out.append(pipeline.finish(at: .now())) }
    troubles.say(pipeline.takeLog())
    let failures = pipeline.takeFailures()
    if !failures.isEmpty { troubles.tell(failures) }
    return out
  }

  /// The messages behind those that are passed over.
  private static func unknown(of batch: Batch, passing: inout Int) -> Batch {
    let passed = min(passing, batch.count)
    passing -= passed
    return batch.dropping(passed)
  }
}
