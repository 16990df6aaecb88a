import Descriptors
import NIOPosix
import Streams

/// Gives a file's messages out once for all, at a pace.
struct FileReplay {
  let path: String
  let pace: ReplayPace
  let isLooping: Bool

  static let readBytes = 64 << 10

  /// Replays to the end, or for ever.
  ///
  /// - Throws: `SourceFailure` when the file cannot be read or has no messages; `CancellationError`.
  func run(into outlet: Outlet, settings: SourceSettings, pool: NIOThreadPool) async throws -> String {
    var replay = PacedReplay(pace: pace, outlet: outlet)
    repeat {
      let before = replay.count
      let file = try open()
      outlet.report(.running, "replays \(path)")
      try await play(file, &replay, settings, pool)
      guard replay.count > before else { throw SourceFailure("\(path) has no messages") }
      replay.restart()
    } while isLooping
    return "\(path) has been replayed"
  }

  private func play(
    _ file: Descriptor, _ replay: inout PacedReplay, _ settings: SourceSettings, _ pool: NIOThreadPool
  ) async throws {
    var feed = FramedFeed(settings, into: replay.outlet)
    var offset = 0
    while true {
      try Task.checkCancellation()
      let bytes: [UInt8]
      do {
        bytes = try await pool.runIfActive { [offset] in try file.read(Self.readBytes, at: offset) ?? [] }
      } catch let error as SystemError {
        throw SourceFailure("cannot read \(path): \(error.reason)")
      }
      if bytes.isEmpty { return try await replay.play(feed.end()) }
      offset += bytes.count
      let cut = bytes.withUnsafeBytes { feed.cut($0) }
      try await replay.play(cut.batch)
      if let failure = cut.failure { throw failure }
    }
  }

  private func open() throws(SourceFailure) -> Descriptor {
    do {
      let file = try Descriptor(reading: path, flags: FileFollower.openFlags)
      guard try file.status().kind == .regular else { throw SourceFailure("\(path) is not a file") }
      return file
    } catch let failure as SourceFailure {
      throw failure
    } catch let error as SystemError {
      throw SourceFailure("cannot open \(path): \(error.reason)")
    } catch {
      throw SourceFailure("cannot open \(path)")
    }
  }
}

/// Publishes messages when they are due.
struct PacedReplay {
  let outlet: Outlet
  private var schedule: ReplaySchedule
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant
  private var hasToldBadTime = false
  /// How many messages have been published.
  private(set) var count = 0

  init(pace: ReplayPace, outlet: Outlet) {
    self.outlet = outlet
    schedule = ReplaySchedule(pace)
    start = clock.now
  }

  /// The file starts again: its first message follows its last without a gap of its own.
  mutating func restart() { schedule.restart() }

  /// Publishes the messages, each no earlier than it is due; those that are due together go together.
  ///
  /// - Throws: `CancellationError`.
  mutating func play(_ batch: Batch) async throws {
    var due = Batch()
    for index in 0..<batch.count {
      let range = batch.range(index)
      let time = batch.bytes.withUnsafeBytes { schedule.next(UnsafeRawBufferPointer(rebasing: $0[range])) }
      if let time, clock.now - start < time {
        await outlet.publish(due)
        due = Batch()
        try await clock.sleep(until: start + time, tolerance: .zero)
      }
      due.append(index, of: batch)
    }
    count += batch.count
    await outlet.publish(due)
    try Task.checkCancellation()
    guard schedule.badTimes > 0, !hasToldBadTime else { return }
    hasToldBadTime = true
    outlet.logger.warning("source '\(outlet.source)': a message has no time that can be read; it comes without a pause")
  }
}
