import Descriptors
import Logging
import NIOCore

/// Watches the files and folders of the configuration, and tells when a change of them has settled.
actor ConfigurationWatch {
  /// A value each time files have changed; several changes that nobody has seen yet are one.
  nonisolated let changes: AsyncStream<Void>

  private let continuation: AsyncStream<Void>.Continuation
  private let paths: [String]
  private let loops: any EventLoopGroup
  private let logger: Logger
  private var inotify: Inotify?
  private var reading: Task<Void, Never>?
  private var settling: Task<Void, Never>?
  /// When the changes that are settling began.
  private var began: ContinuousClock.Instant?
  /// Of each watch the folder's names that count.
  private var watched: [CInt: WatchedNames.Names] = [:]
  private var hasComplained = false

  /// How long nothing must happen: an editor's or a deployment's writes belong together.
  static let quiet = Duration.milliseconds(300)
  /// The longest that changes which go on and on are waited for.
  static let patience = Duration.seconds(5)

  /// Watches nothing yet. `paths`: absolute.
  init(paths: [String], on loops: any EventLoopGroup, logger: Logger) {
    self.paths = paths
    self.loops = loops
    self.logger = logger
    (changes, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// Begins or ceases to watch. When this returns no change is missed from now on.
  func set(_ isOn: Bool) async {
    guard isOn != (inotify != nil) else { return }
    if isOn { await begin() } else { await cease() }
  }

  /// Ceases for good.
  func stop() async {
    await cease()
    continuation.finish()
  }

  private func begin() async {
    do throws(OpenFailure) {
      let inotify = try await Inotify(on: loops)
      self.inotify = inotify
      reading = Task {
        for await events in inotify.events { self.see(events) }
        if self.inotify != nil { self.complain("the watch over files has ended") }
      }
      rescan()
      logger.debug("watching the route files")
    } catch {
      complain(error.message)
    }
  }

  private func cease() async {
    settling?.cancel()
    settling = nil
    began = nil
    watched = [:]
    let old = inotify
    inotify = nil
    await old?.close()
    await reading?.value
    reading = nil
  }

  private func see(_ events: [FolderEvent]) {
    guard inotify != nil else { return }
    let isOurs = events.contains { event in
      guard let watch = event.watch else { return true }
      return watched[watch]?.contains(event.name) ?? false
    }
    if isOurs { settle() }
  }

  /// Waits until nothing has happened for a while.
  private func settle() {
    settling?.cancel()
    let now = ContinuousClock.now
    let end = min(now + Self.quiet, (began ?? now) + Self.patience)
    began = began ?? now
    settling = Task {
      guard (try? await Task.sleep(until: end, clock: .continuous)) != nil, !Task.isCancelled else { return }
      self.began = nil
      // First the watch, then the reading of files: what happens in between is seen.
      self.rescan()
      self.continuation.yield()
    }
  }

  /// Watches the folders that lead to the configuration as it is now.
  private func rescan() {
    guard let inotify else { return }
    var now: [CInt: WatchedNames.Names] = [:]
    for (folder, names) in WatchedNames(paths: paths).folders {
      do throws(SystemError) {
        guard let watch = try inotify.watch(folder, contents: names.holdsFiles) else { continue }
        now[watch] = names
      } catch {
        complain("cannot watch \(folder): \(error.reason)")
      }
    }
    for gone in watched.keys where now[gone] == nil { inotify.remove(gone) }
    watched = now
  }

  /// Once is enough.
  private func complain(_ message: String) {
    if !hasComplained { logger.warning("\(message); changes of the route files may go unseen") }
    hasComplained = true
  }
}
