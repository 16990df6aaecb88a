import Filters
import Ingest
import Logging
import NIOCore
import Streams

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Reads standard input, filters, and writes standard output. What one read brings goes out with one write, so that
/// nothing is held back when the input pauses.
struct FilterLoop {
  private var input = StandardInput()
  private var framer: any Framer
  private var pipeline: Pipeline
  private var output: [UInt8] = []
  private var failures = FailureLedger()
  /// Answers of co-processes.
  private let answers = AnswerInbox()
  /// Threads that share the work, if the filters keep no state and there is more than one core.
  private let workers: FilterWorkers?
  /// A filter wants its source to be closed, and standard input is that.
  private(set) var isClosed = false

  /// The longest message, in bytes: the longest that a filter could make.
  private static let maxMessage = Message.maximumBytes

  init(_ pipeline: Pipeline, framing: Framing) {
    self.pipeline = pipeline
    framer = framing.makeFramer(maxMessage: Self.maxMessage)
    let threads = min(System.coreCount, Self.mostThreads)
    workers = pipeline.isStateless && threads > 1 ? FilterWorkers(pipeline, threads: threads) : nil
    answers.start(pipeline, name: "sluice filter", logger: Logger(label: "sluice") { _ in LineLog(level: .info) })
  }

  /// Beyond these the reading is what takes the time.
  private static let mostThreads = 8

  /// How many messages a chain with co-processes is given before their answers are taken.
  private static let slice = 100

  /// Whether there was a message that could not be dealt with.
  var hasFailures: Bool { !failures.isEmpty || framer.drops != FramerDrops() }

  /// Runs until the input ends, or a filter wants it closed.
  mutating func run() throws(StreamFailure) {
    while !isClosed {
      // What is under way goes out before input is waited for.
      while let workers, workers.isFull || !workers.isEmpty && !input.isReady { try takeResult(of: workers) }
      switch try input.next(until: nextLook) {
      case .bytes(let count): try take(count)
      case .time:
        try write(pipeline.tick(at: .now()))
        try takeAnswers()
      case .end:
        var rest = Batch()
        framer.finish(into: &rest)
        try process(rest, at: .now())
        return try finish()
      }
    }
    try finish()
  }

  /// When to look for something to do without input.
  private var nextLook: Int64? {
    guard pipeline.isAnswering else { return pipeline.deadline }
    let soon = Moment.now().uptime + AnswerInbox.pause
    return pipeline.deadline.map { min($0, soon) } ?? soon
  }

  private mutating func takeResult(of workers: FilterWorkers) throws(StreamFailure) {
    guard let result = workers.next() else { return }
    if !result.failures.isEmpty { note(result.failures, closing: result.closing) }
    try write(lines: result.batch)
  }

  /// Waits for what is under way on other threads.
  private mutating func drain() throws(StreamFailure) {
    while let workers, !workers.isEmpty { try takeResult(of: workers) }
  }

  private mutating func finish() throws(StreamFailure) {
    try drain()
    try write(pipeline.finish(at: .now()))
    while !pipeline.isOver {
      try takeAnswers()
      usleep(UInt32(AnswerInbox.pause / 1000))
    }
    try takeAnswers()
  }

  private mutating func takeAnswers() throws(StreamFailure) {
    for answer in answers.take() { try write(pipeline.answer(answer, at: .now())) }
  }

  /// Co-processes are given no more than they can take.
  private mutating func process(_ batch: Batch, at now: Moment) throws(StreamFailure) {
    if let workers {
      if !batch.isEmpty { workers.give(batch) }
      return
    }
    guard pipeline.isAnswering else { return try write(pipeline.process(batch, at: now)) }
    var rest = batch
    while !rest.isEmpty {
      while pipeline.mustWait {
        try takeAnswers()
        usleep(UInt32(AnswerInbox.pause / 1000))
      }
      try write(pipeline.process(rest.prefix(Self.slice), at: .now()))
      try takeAnswers()
      rest = rest.dropping(Self.slice)
    }
  }

  private mutating func take(_ count: Int) throws(StreamFailure) {
    let now = Moment.now()
    // What was due goes before what has come.
    if let deadline = pipeline.deadline, deadline <= now.uptime { try write(pipeline.tick(at: now)) }
    var batch = Batch()
    batch.reserve(bytes: count)
    let broken = Self.cut(input.buffer, count, &framer, into: &batch)
    try process(batch, at: now)
    guard let broken else { return }
    try drain()
    throw StreamFailure(message: "standard input: \(broken.reason)")
  }

  /// Why the bytes are not of the framing, behind what came before that.
  private static func cut(
    _ buffer: [UInt8], _ count: Int, _ framer: inout any Framer, into batch: inout Batch
  ) -> SourceFailure? {
    buffer.withUnsafeBytes { bytes in
      do throws(SourceFailure) {
        try framer.cut(UnsafeRawBufferPointer(rebasing: bytes[..<count]), into: &batch)
        return nil
      } catch {
        return error
      }
    }
  }

  /// Writes the messages, a line each, all at once; tells what could not be dealt with.
  private mutating func write(_ batch: Batch) throws(StreamFailure) {
    for line in pipeline.takeLog() { tell("\(line.level): \(line.text)") }
    if !pipeline.failures.isEmpty { note(pipeline.takeFailures(), closing: pipeline.takeClosing()) }
    try write(lines: batch)
  }

  private mutating func write(lines batch: Batch) throws(StreamFailure) {
    guard !batch.isEmpty else { return }
    output.removeAll(keepingCapacity: true)
    output.reserveCapacity(batch.bytes.count + batch.count)
    batch.bytes.withUnsafeBytes { bytes in
      for index in 0..<batch.count {
        output.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[batch.range(index)]))
        output.append(UInt8(ascii: "\n"))
      }
    }
    try StandardStreams.writeOutput(output)
  }
}

// MARK: - Failures

extension FilterLoop {
  /// Tells the first failure of each kind.
  private mutating func note(_ new: FailureLedger, closing: String?) {
    for kind in failures.merge(new).sorted(by: { $0.filter < $1.filter }) {
      if let count = new.counts[kind] { tell("filter \(kind.filter + 1) '\(kind.key)': \(count.first.description)") }
    }
    guard let reason = closing else { return }
    tell("the input is closed by \(reason)")
    isClosed = true
  }

  /// Sums up at the end.
  func report() {
    let kinds = failures.counts.sorted { ($1.value.messages, $0.key.filter) < ($0.value.messages, $1.key.filter) }
    if failures.total > kinds.count {
      tell("\(failures.total) messages could not be dealt with")
      for (kind, count) in kinds {
        let messages = count.messages == 1 ? "1 message" : "\(count.messages) messages"
        tell("\(messages): filter \(kind.filter + 1) '\(kind.key)': \(kind.reason)")
      }
    }
    let drops = framer.drops
    if drops.tooLong > 0 { tell("\(drops.tooLong) dropped that were longer than \(Self.maxMessage >> 20) MiB") }
    if drops.incomplete > 0 { tell("the input ended within a message") }
  }

  private func tell(_ text: String) { StandardStreams.writeError("sluice filter: \(LineLog.oneLine(text))\n") }
}
