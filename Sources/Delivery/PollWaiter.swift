import NIOCore
import Streams

/// A poll: a subscriber for one answer. It waits in a fan-out for the first message behind its cursor, and writes nothing
/// itself: whoever polls writes the page, with its length, as one response.
///
/// Owned by its event loop. `answer` is called once, in a turn of its own, unless `cancel` comes before it.
package final class PollWaiter {
  package let eventLoop: any EventLoop
  private let cursor: Cursor
  private var answer: ((PollPage) -> Void)?
  /// The page that is on its way to `answer`.
  private var page: PollPage?

  package init(on eventLoop: any EventLoop, from cursor: Cursor, answer: @escaping (PollPage) -> Void) {
    self.eventLoop = eventLoop
    self.cursor = cursor
    self.answer = answer
  }

  var isAnswered: Bool { page != nil }

  /// Answers if there is something; `shared` is a page that another poll of the same turn has got.
  func look(in log: StreamLog, _ shared: inout PollPage?) {
    guard page == nil else { return }
    if shared?.from.next != cursor.next { shared = PollPage(log, from: cursor) }
    guard let found = shared, found.count > 0 || found.isLast else { return }
    finish(with: found)
  }

  /// Answers with nothing: the time is up, or the server ends.
  package func expire() { finish(with: PollPage(emptyAt: cursor, isLast: false)) }

  /// There is nobody to answer any more.
  package func cancel() { answer = nil }

  private func finish(with found: PollPage) {
    guard page == nil else { return }
    page = found
    let later = NIOLoopBound(self, eventLoop: eventLoop)
    eventLoop.execute { later.value.deliver() }
  }

  private func deliver() {
    guard let page, let answer else { return }
    self.answer = nil
    answer(page)
  }
}
