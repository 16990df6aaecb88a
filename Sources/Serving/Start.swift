import Streams
import Wire

/// Where a subscriber starts in its group's log, and what it is told first.
struct Start {
  var cursor: Cursor
  var notes: [Note] = []
  /// What the subscriber has missed before the start.
  var gap: Gap?
  /// What it gets before the messages from the cursor on: the newest message of each key.
  var snapshot: Chunk?
  /// The token behind which the stream starts.
  var position: ResumeToken

  init(_ subscription: Subscription, _ lease: StreamLease) {
    let log = lease.group.log
    let resume = subscription.resume
    let endpoint = subscription.settings
    if lease.isPrivate {
      cursor = log.end
      let isOther = resume.isForeign || (resume.token.map { $0.epoch != log.epoch } ?? false)
      if isOther { gap = Gap(missed: nil, resumed: Self.token(log, cursor)) }
    } else if let id = resume.ownID(in: log.epoch), let found = log.resume(afterID: id, within: endpoint.history) {
      (cursor, gap) = found
    } else if resume.isForeign {
      cursor = log.start(.all, within: endpoint.history)
      gap = Gap(missed: nil, resumed: Self.token(log, cursor))
    } else if let token = resume.token {
      (cursor, gap) = log.resume(after: token, within: endpoint.history)
    } else {
      cursor = log.start(endpoint.replay, within: endpoint.history)
    }
    position = Self.token(log, cursor)
    if !lease.isPrivate { takeSnapshot(log, resume, endpoint.replay) }
    guard !subscription.hasNoNotes else { return }
    if let gap { notes.append(.gap(gap)) }
    if resume.wantsPosition, gap == nil, case .webSocket = subscription.chosen { notes.append(.position(position)) }
  }

  /// In a keyed stream who is new, or has missed something, gets the newest message of each key instead of history.
  private mutating func takeSnapshot(_ log: StreamLog, _ resume: Resume, _ replay: Replay) {
    let isNew = resume.token == nil && !resume.isForeign
    guard isNew ? replay != .none : gap != nil else { return }
    // One that says more than the log has ever held is not its own.
    let isOwn = resume.token.map { $0.epoch == log.epoch && $0.last < log.end.next } ?? false
    let from = isOwn ? (resume.token?.last ?? .zero) + 1 : .first
    guard let found = log.snapshot(from: from) else { return }
    snapshot = found.chunk
    cursor = found.end
    position = ResumeToken(epoch: log.epoch, last: Offset(from.value - 1))
    guard !isNew else { return }
    gap = isOwn && found.missed == 0 ? nil : Gap(missed: isOwn ? found.missed : nil, resumed: position)
  }

  private static func token(_ log: StreamLog, _ cursor: Cursor) -> ResumeToken {
    ResumeToken(epoch: log.epoch, last: Offset(cursor.next.value - 1))
  }
}
