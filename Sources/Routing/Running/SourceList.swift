import Ingest
import Synchronization

/// The sources that feed a pipeline, to be closed when it asks for it.
final class SourceList: Sendable {
  private let sources = Mutex<[RunningSource]>([])

  func set(_ sources: [RunningSource]) { self.sources.withLock { $0 = sources } }

  /// Ends what the sources do, for a reason; they start anew with backoff.
  func fail(_ reason: String) {
    for source in sources.withLock({ $0 }) { source.fail(reason) }
  }
}
