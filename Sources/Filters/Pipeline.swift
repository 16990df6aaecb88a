import Expressions
import Streams

/// A chain of filters that runs: batches go in, and what is left of them comes out.
///
/// ```
/// batch ─▶ message ─▶ filter ─▶ filter ─▶ filter ─▶ batch
///                        │ emits (a window closes, a batch is full): to the next filter, before the message
///                        └ fails: drop, pass or close_source, and a line in the ledger
/// ```
/// A value, owned by whoever runs it. It has no clock: the time is a parameter.
package struct Pipeline: Sendable {
  private struct Stage: Sendable {
    let step: FilterStep
    var filter: any Filter
  }

  private var stages: [Stage]
  /// The stages that have deadlines.
  private let timed: [Int]
  private var run: Run
  let onError: ErrorPolicy
  private let parameters: FilterParameters
  /// What filters could not deal with since it was last asked for.
  package private(set) var failures = FailureLedger()
  /// Why the source is to be closed, by the first message that asks for it.
  package private(set) var closing: String?

  /// - Parameters:
  ///   - steps: the filters in order.
  ///   - onError: what becomes of messages that a filter cannot deal with, where the filter does not say.
  package init(_ steps: [FilterStep], onError: ErrorPolicy = .drop, parameters: FilterParameters = .none) {
    self.onError = onError
    self.parameters = parameters
    run = Run(moment: Moment(uptime: 0, wall: 0), context: parameters.context())
    stages = steps.map { Stage(step: $0, filter: $0.spec.makeFilter()) }
    timed = steps.indices.filter { type(of: steps[$0].spec).isTimed }
  }

  /// The pipeline that takes over from another: filters that are in both, in one order, keep their state.
  init(continuing old: Pipeline, _ succession: Succession) {
    self.init(succession.steps, onError: succession.onError, parameters: old.parameters)
    for (index, origin) in succession.origins.enumerated() {
      if let origin { stages[index].filter = old.stages[origin].filter }
    }
    (run.given, run.seq) = (old.run.given, old.run.seq)
  }

  package var isEmpty: Bool { stages.isEmpty }

  /// Whether what becomes of a message depends on that message alone, so that copies of the pipeline can share the work.
  package var isStateless: Bool {
    stages.allSatisfy { stage in
      type(of: stage.step.spec).isStateless
        && !stage.step.spec.uses.contains { uses in
          uses.references.contains { $0.slot == FilterVariable.seq.rawValue }
        }
    }
  }

  /// The steps it was made of.
  package var steps: [FilterStep] { stages.map(\.step) }

  /// The filters, in order.
  var filters: [any Filter] { stages.map(\.filter) }

  /// When `tick` is to be called at the latest, in nanoseconds of `Moment.uptime`; `nil`: nothing waits.
  package var deadline: Int64? { timed.lazy.compactMap { stages[$0].filter.deadline }.min() }

  /// How many keys its filters had to forget because there were too many.
  package var evictions: Int { stages.reduce(0) { $0 + $1.filter.evictions } }
}

// MARK: - Running

extension Pipeline {
  /// What is left of a batch, and what its messages set free.
  package mutating func process(_ batch: Batch, at moment: Moment) -> Batch {
    begin(at: moment)
    var out = Batch()
    out.reserve(bytes: batch.bytes.count)
    var message = MessagePool.shared.take()
    batch.bytes.withUnsafeBytes { bytes in
      for index in 0..<batch.count {
        run.given += 1
        run.seq = run.given
        message.load(
          UnsafeRawBufferPointer(rebasing: bytes[batch.range(index)]), isText: batch.marks[index].isText,
          label: batch.label(index))
        pass(&message, from: 0, into: &out)
      }
    }
    MessagePool.shared.putBack(message)
    return out
  }

  /// What is due without a message.
  package mutating func tick(at moment: Moment) -> Batch {
    begin(at: moment)
    var out = Batch()
    for index in timed {
      guard let deadline = stages[index].filter.deadline, deadline <= moment.uptime else { continue }
      stages[index].filter.tick(&run)
      flush(behind: index, into: &out)
    }
    return out
  }

  /// What becomes of messages that a filter beside the pipeline has answered.
  package mutating func answer(_ answer: FilterAnswer, at moment: Moment) -> Batch {
    begin(at: moment)
    var out = Batch()
    let index = stages.firstIndex { ($0.filter as? any AnsweringFilter)?.identity == answer.from }
    guard let index else { return out }
    // What was not answered is gone: it cannot pass either.
    if let failure = answer.failure {
      for _ in 0..<answer.failed { _ = note(failure, at: index) }
    }
    let batch = answer.batch
    defer { run.seq = run.given }
    var message = MessagePool.shared.take()
    batch.bytes.withUnsafeBytes { bytes in
      for number in 0..<batch.count {
        message.load(
          UnsafeRawBufferPointer(rebasing: bytes[batch.range(number)]), isText: batch.marks[number].isText,
          label: batch.label(number))
        run.seq = number < answer.numbers.count ? answer.numbers[number] : run.given
        pass(&message, from: index + 1, into: &out)
      }
    }
    MessagePool.shared.putBack(message)
    return out
  }

  /// What filters still hold, as no message will come.
  package mutating func finish(at moment: Moment) -> Batch { finish(at: moment) { (_: Int) in true } }

  /// The same when messages may come again later: co-processes go on.
  package mutating func flush(at moment: Moment) -> Batch {
    let filters = filters
    return finish(at: moment) { !(filters[$0] is any AnsweringFilter) }
  }

  mutating func finish(at moment: Moment, where isMeant: (Int) -> Bool) -> Batch {
    begin(at: moment)
    var out = Batch()
    for index in stages.indices where isMeant(index) {
      stages[index].filter.finish(&run)
      flush(behind: index, into: &out)
    }
    return out
  }

  /// The failures since this was last called.
  package mutating func takeFailures() -> FailureLedger {
    defer { failures = FailureLedger() }
    return failures
  }

  /// Why the source is to be closed, once.
  package mutating func takeClosing() -> String? {
    defer { closing = nil }
    return closing
  }

  /// What filters have said since this was last called; their owner logs it.
  package mutating func takeLog() -> [PipelineLogLine] {
    guard !run.log.isEmpty else { return [] }
    defer { run.log = [] }
    return run.log
  }

  private mutating func begin(at moment: Moment) {
    run.moment = moment
    run.context.now = moment.timestamp
  }

  private mutating func pass(_ message: inout Message, from first: Int, into out: inout Batch) {
    for index in first..<stages.count {
      let goesOn: Bool
      do throws(FilterFailure) {
        goesOn = try stages[index].filter.take(&message, &run)
      } catch {
        goesOn = note(error, at: index)
      }
      flush(behind: index, into: &out)
      guard goesOn else { return }
    }
    message.bytes.withUnsafeBytes { out.append($0, isText: message.isText, label: message.label) }
  }

  /// Passes on what a filter has emitted, and counts what it could not make.
  private mutating func flush(behind index: Int, into out: inout Batch) {
    while let failure = run.failures.popLast() { _ = note(failure, at: index) }
    guard !run.emitted.isEmpty else { return }
    var emitted: [Run.Emitted] = []
    swap(&emitted, &run.emitted)
    let seq = run.seq
    defer { run.seq = seq }
    var message = MessagePool.shared.take()
    for one in emitted {
      run.seq = one.seq ?? seq
      one.bytes.withUnsafeBytes { message.load($0, isText: one.isText, label: one.label) }
      pass(&message, from: index + 1, into: &out)
    }
    MessagePool.shared.putBack(message)
  }

  /// Whether the message goes on all the same.
  private mutating func note(_ failure: FilterFailure, at index: Int) -> Bool {
    let step = stages[index].step
    failures.add(failure, filter: index, key: step.key)
    switch step.onError ?? onError {
    case .drop: return false
    case .pass: return true
    case .closeSource:
      if closing == nil { closing = "filter \(index + 1) '\(step.key)': \(failure.description)" }
      return false
    }
  }
}
