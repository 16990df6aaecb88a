import Delivery
import NIOCore
import Streams
import Synchronization

extension RunningPipeline {
  func post(_ work: Work) {
    let pipeline = state.withLock { state -> Pipeline? in
      // What has been read from the log may come only now, from a thread that was slow to hand it on.
      if case .batch(_, let first?) = work, first < state.start { return nil }
      state.bytes += work.bytes
      state.inbox.append(work)
      return state.pipeline.take()
    }
    if let pipeline { run(pipeline) }
  }

  func run(_ pipeline: consuming Pipeline) {
    var pipeline = pipeline
    while true {
      while let (work, sinks) = next() {
        perform(work, &pipeline, sinks)
        report(&pipeline)
      }
      let deadline = pipeline.deadline
      guard let left = putBack(pipeline) else { return arm(deadline) }
      pipeline = left
    }
  }

  private func next() -> (Work, [any Sink])? {
    state.withLock { state in
      guard let index = state.nextWork else { return nil }
      let work = state.inbox.remove(at: index)
      state.bytes -= work.bytes
      return (work, state.sinks)
    }
  }

  /// Gives the pipeline back, unless work has come meanwhile, for which it is returned.
  private func putBack(_ pipeline: consuming Pipeline) -> Pipeline? {
    var pipeline: Pipeline? = pipeline
    state.withLock { state in
      if state.nextWork == nil { state.pipeline = pipeline.take() }
    }
    return pipeline
  }

  /// The old chain has seen its last batch; the other takes over at once, or when its filters have answered.
  private func handOver(_ pipeline: inout Pipeline, to replacement: Replacement, _ sinks: [any Sink]) {
    let succession = pipeline.succession(replacement.steps, onError: replacement.onError)
    let held = pipeline.letGo(for: succession, at: .now())
    if !held.isEmpty { for sink in sinks { sink.publish(held) } }
    takeOver(&pipeline, succession, replacement)
  }

  private func takeOver(_ pipeline: inout Pipeline, _ succession: Succession, _ replacement: Replacement) {
    guard pipeline.isReady(for: succession) else {
      state.withLock { $0.isHandingOver = true }
      timers.scheduleTask(in: Self.answerPause) { [weak self] in self?.post(.takeOver(succession, replacement)) }
      return
    }
    report(&pipeline)
    state.withLock { $0.isHandingOver = false }
    pipeline = Pipeline(continuing: pipeline, succession)
    start(pipeline)
    replacement.then()
  }

  /// How often it is looked whether filters that end have answered.
  private static let answerPause = TimeAmount.milliseconds(2)

  private func perform(_ work: Work, _ pipeline: inout Pipeline, _ sinks: [any Sink]) {
    let out: Batch
    switch work {
    case .batch(let batch, _) where pipeline.isEmpty: out = batch
    case .batch(let batch, _): out = pipeline.process(batch, at: .now())
    case .earlier(let batch, let time): out = Self.replay(batch, at: time, through: &pipeline)
    case .tick: out = pipeline.tick(at: .now())
    case .answer(let answer): out = pipeline.answer(answer, at: .now())
    case .finish: out = pipeline.finish(at: .now())
    case .replace(let replacement): return handOver(&pipeline, to: replacement, sinks)
    case .takeOver(let succession, let replacement): return takeOver(&pipeline, succession, replacement)
    case .health(let health):
      // What filters hold may wait for messages that will not come.
      let held = health.state == .stopped ? pipeline.flush(at: .now()) : Batch()
      if !held.isEmpty { for sink in sinks { sink.publish(held) } }
      for sink in sinks { sink.announce(health) }
      return
    }
    guard !out.isEmpty else { return }
    for sink in sinks { sink.publish(out) }
  }

  /// What a batch would have led to at its time, and before it what was due until then: a window of the past holds what
  /// came in it, and not all at once what history holds.
  private static func replay(_ batch: Batch, at time: Int64, through pipeline: inout Pipeline) -> Batch {
    guard !pipeline.isEmpty else { return batch }
    var out = Batch()
    while let deadline = pipeline.deadline, deadline <= time { out.append(pipeline.tick(at: .at(uptime: deadline))) }
    out.append(pipeline.process(batch, at: .at(uptime: time)))
    return out
  }

  private func report(_ pipeline: inout Pipeline) {
    troubles.say(pipeline.takeLog())
    troubles.noteEvictions(pipeline.evictions)
    guard !pipeline.failures.isEmpty else { return }
    troubles.tell(pipeline.takeFailures())
    if let reason = pipeline.takeClosing() { closeSource(reason) }
  }

  /// Sees that `tick` is called when the deadline has come.
  private func arm(_ deadline: Int64?) {
    guard let deadline else { return }
    let isSooner = state.withLock { state in
      if let timer = state.timer, timer <= deadline { return false }
      state.timer = deadline
      return true
    }
    guard isSooner else { return }
    timers.scheduleTask(deadline: .uptimeNanoseconds(UInt64(max(deadline, 0)))) { [weak self] in
      self?.timerCame(deadline)
    }
  }

  private func timerCame(_ deadline: Int64) {
    let isMeant = state.withLock { state in
      guard state.timer == deadline else { return false }
      state.timer = nil
      return true
    }
    // One that was set for later and is overtaken does nothing.
    if isMeant { post(.tick) }
  }
}

extension RunningPipeline.State {
  /// The place in the inbox of what is to be worked on next.
  var nextWork: Int? {
    guard isHandingOver else { return inbox.isEmpty ? nil : 0 }
    return inbox.firstIndex { work in
      switch work {
      case .answer, .takeOver: true
      default: false
      }
    }
  }
}
