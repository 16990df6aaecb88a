import Logging
import NIOCore
import NIOPosix
import Synchronization

/// Answers of filters that work beside a pipeline, for an owner who works in one place: they wait until it takes them.
package final class AnswerInbox: Sendable {
  private let answers = Mutex<[FilterAnswer]>([])

  package init() {}

  /// How long an owner sleeps who waits for answers: 1 ms.
  package static let pause: Int64 = 1_000_000

  /// Starts the filters of a pipeline that work beside it.
  ///
  /// - Parameter name: what the log calls the owner.
  package func start(_ pipeline: Pipeline, name: String, logger: Logger) {
    guard pipeline.isAnswering else { return }
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    pipeline.start(
      FilterHost(name: name, logger: logger, eventLoop: loop) { answer in self.answers.withLock { $0.append(answer) } })
  }

  /// The answers that have come since, in order.
  package func take() -> [FilterAnswer] {
    answers.withLock { answers in
      defer { answers = [] }
      return answers
    }
  }
}

extension Pipeline {
  /// Whether filters work beside it.
  package var isAnswering: Bool { !answering.isEmpty }

  /// Whether its owner had better give it nothing now.
  package var mustWait: Bool { answering.contains(where: \.mustWait) }

  /// After `finish`: whether no answer will come any more.
  package var isOver: Bool { answering.allSatisfy(\.isOver) }
}
