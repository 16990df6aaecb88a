import Filters
import Logging
import Streams

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A pipeline under a clock that a case moves.
///
/// Filters answer at once. One whose answer comes from elsewhere, as from a process, is waited for behind every message
/// and every deadline, so that a case has one outcome.
struct CaseBench {
  private let answers = AnswerInbox()
  private var pipeline: Pipeline
  private var moment: Moment
  /// What has come out so far.
  private(set) var output: [[UInt8]] = []

  /// A clock may start anywhere; this leaves room before it.
  private static let start: Int64 = 3_600_000_000_000

  init(_ steps: [FilterStep], parameters: FilterParameters, wall: Int64) {
    pipeline = Pipeline(steps, parameters: parameters)
    moment = Moment(uptime: Self.start, wall: wall)
    answers.start(pipeline, name: "case", logger: Logger(label: "case") { _ in SwiftLogNoOpLogHandler() })
  }

  /// What processes have to say to what they were given; each has a deadline.
  private mutating func takeAnswers(until isDone: (Pipeline) -> Bool) {
    guard pipeline.isAnswering else { return }
    while true {
      let isDone = isDone(pipeline)
      for answer in answers.take() { take(pipeline.answer(answer, at: moment)) }
      if isDone { return }
      usleep(UInt32(AnswerInbox.pause / 1000))
    }
  }

  mutating func give(_ message: [UInt8]) {
    var batch = Batch()
    message.withUnsafeBytes { batch.append(classifying: $0) }
    take(pipeline.process(batch, at: moment))
    takeAnswers { $0.pending == 0 }
  }

  /// Time passes; what is due meanwhile comes out, deadline by deadline.
  mutating func wait(_ duration: Duration) {
    let end = moment.advanced(by: duration.wholeNanoseconds)
    while let deadline = pipeline.deadline, deadline <= end.uptime {
      moment = moment.advanced(by: max(deadline - moment.uptime, 0))
      take(pipeline.tick(at: moment))
      takeAnswers { $0.pending == 0 }
    }
    moment = end
  }

  /// The source ends.
  mutating func finish() {
    take(pipeline.finish(at: moment))
    takeAnswers { $0.isOver }
  }

  /// What could not be dealt with since it was last asked, by filter.
  mutating func takeFailures() -> [String] {
    guard !pipeline.failures.isEmpty else { return [] }
    return pipeline.takeFailures().counts.sorted { $0.key.filter < $1.key.filter }.flatMap { kind, count in
      Array(
        repeating: "filter \(kind.filter + 1) '\(kind.key)': \(count.first.description)", count: count.messages)
    }
  }

  private mutating func take(_ batch: Batch) {
    for index in 0..<batch.count { output.append(batch[index]) }
  }
}

extension Duration {
  /// In nanoseconds; a configured duration fits.
  fileprivate var wholeNanoseconds: Int64 {
    components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
  }
}
