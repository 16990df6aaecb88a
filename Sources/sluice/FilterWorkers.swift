import Filters
import NIOConcurrencyHelpers
import NIOPosix
import Streams
import Synchronization

/// Threads that share the batches of a chain whose filters keep no state; what they make comes back in order.
///
/// ```
/// read ─▶ batch 1 ─▶ thread ─▶ result ─┐
///         batch 2 ─▶ thread ─▶ result ─┼─▶ written in the order of the batches
///         batch 3 ─▶ …                 ┘
/// ```
final class FilterWorkers {
  /// What became of a batch.
  struct Result: Sendable {
    var batch: Batch
    var failures: FailureLedger
    var closing: String?
  }

  /// The place of a result that is waited for.
  private final class Slot: Sendable {
    private let result = Mutex<Result?>(nil)
    private let isDone = ConditionLock(value: false)

    func put(_ made: Result) {
      result.withLock { $0 = made }
      isDone.lock()
      isDone.unlock(withValue: true)
    }

    func wait() -> Result? {
      isDone.lock(whenValue: true)
      defer { isDone.unlock() }
      return result.withLock { $0.take() }
    }
  }

  private let pool: NIOThreadPool
  private let pipelines: IdlePipelines
  private var slots: [Slot] = []
  private let limit: Int

  init(_ pipeline: Pipeline, threads: Int) {
    pool = NIOThreadPool(numberOfThreads: threads)
    pool.start()
    pipelines = IdlePipelines(pipeline)
    limit = 2 * threads
  }

  var isEmpty: Bool { slots.isEmpty }
  var isFull: Bool { slots.count >= limit }

  /// Gives a batch to a thread.
  func give(_ batch: Batch) {
    let slot = Slot()
    slots.append(slot)
    let pipelines = pipelines
    pool.submit { _ in
      var pipeline = pipelines.take()
      let out = pipeline.process(batch, at: .now())
      let result = Result(batch: out, failures: pipeline.takeFailures(), closing: pipeline.takeClosing())
      pipelines.putBack(pipeline)
      slot.put(result)
    }
  }

  /// What became of the oldest batch; waits for it.
  func next() -> Result? {
    guard !slots.isEmpty else { return nil }
    return slots.removeFirst().wait()
  }
}

/// Copies of a pipeline that nobody uses at the moment.
private final class IdlePipelines: Sendable {
  private let template: Pipeline
  private let idle = Mutex<[Pipeline]>([])

  init(_ template: Pipeline) { self.template = template }

  func take() -> Pipeline { idle.withLock { $0.popLast() } ?? template }
  func putBack(_ pipeline: Pipeline) { idle.withLock { $0.append(pipeline) } }
}
