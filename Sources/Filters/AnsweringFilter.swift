import Logging
import NIOCore
import Streams

/// A filter whose messages go on later: what it takes it answers from beside the pipeline.
///
/// ```
/// pipeline ─ take ─▶ filter ─▶ … elsewhere … ─▶ host.post ─▶ the pipeline's owner ─▶ Pipeline.answer ─▶ the next filter
/// ```
/// Without a start it answers nothing.
package protocol AnsweringFilter: Filter {
  /// By which a pipeline knows whose answer it is; a filter that another pipeline continues keeps it.
  var identity: ObjectIdentifier { get }
  /// How many messages are not answered.
  var pending: Int { get }
  /// Sources had better wait.
  var mustWait: Bool { get }
  /// It was finished, and will answer nothing more.
  var isOver: Bool { get }

  /// Answers go to this host from now on.
  func start(_ host: FilterHost)
}

/// What a pipeline's owner gives to filters that work beside it.
package struct FilterHost: Sendable {
  /// What the log calls the owner: `route '/stocks'`.
  package var name: String
  package var logger: Logger
  /// Where to wait.
  package var eventLoop: any EventLoop
  /// Takes an answer, from any thread.
  package var post: @Sendable (FilterAnswer) -> Void

  package init(
    name: String, logger: Logger, eventLoop: any EventLoop, post: @escaping @Sendable (FilterAnswer) -> Void
  ) {
    self.name = name
    self.logger = logger
    self.eventLoop = eventLoop
    self.post = post
  }
}

/// Messages that a filter has answered, or could not.
package struct FilterAnswer: Sendable {
  var from: ObjectIdentifier
  var batch = Batch()
  /// The numbers of the messages that were answered; empty: those of the batch answer none in particular.
  var numbers: [Int64] = []
  var failure: FilterFailure?
  /// How many messages have failed.
  var failed = 0

  /// Payload bytes.
  var bytes: Int { batch.bytes.count }
}

extension Pipeline {
  /// Filters that work beside the pipeline answer to this host from now on.
  package func start(_ host: FilterHost) {
    for filter in answering { filter.start(host) }
  }

  /// How many messages are under way beside it.
  package var pending: Int { answering.reduce(0) { $0 + $1.pending } }

  /// The filters that work beside it.
  var answering: [any AnsweringFilter] { filters.compactMap { $0 as? any AnsweringFilter } }
}
