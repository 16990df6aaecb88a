/// What is expected of the messages of a stream.
package struct StreamRules: Sendable {
  /// Whether each message has one mark, the same at every subscriber.
  package var isMarked: Bool
  /// Whether the feed may be started anew, and so count from 1 again.
  package var mayRestart: Bool

  package init(isMarked: Bool = true, mayRestart: Bool = false) {
    self.isMarked = isMarked
    self.mayRestart = mayRestart
  }
}

/// What can go wrong at a subscriber.
package enum Fault: String, CaseIterable, Sendable {
  case lost = "a message was lost"
  case repeated = "a message came again, or too late"
  case unmarked = "a message passed no filter"
  case markedTwice = "a message passed two filters"
  case markedOtherwise = "a message passed another filter than at other subscribers"
  case malformed = "not a message of the feed"
  case note = "the server told a gap or the like"
  case refused = "the connection was refused"
  case closed = "the connection was closed"
}

/// Follows the numbers that one subscriber gets.
struct StreamCheck {
  /// The number that came last; `nil`: none has come.
  private(set) var last: Int?
  /// How often it began again at 1.
  private(set) var restarts = 0

  /// The next message of the subscriber. `marks`: the mark of each number, as others have seen it.
  mutating func accept(_ message: NumberedMessage, _ rules: StreamRules, _ marks: inout MarkTable) -> Fault? {
    let before = last
    last = message.number
    if let before, message.number != before + 1 {
      guard rules.mayRestart, message.number == 1 else { return message.number > before ? .lost : .repeated }
      restarts += 1
    }
    guard rules.isMarked else { return nil }
    switch message.marks {
    case .none: return .unmarked
    case .several: return .markedTwice
    case .one(let letter): return marks.agrees(on: letter, for: message.number) ? nil : .markedOtherwise
    }
  }
}

/// Which mark each number has: that which its first receiver saw.
struct MarkTable {
  private var letters: [UInt8] = []

  mutating func agrees(on letter: UInt8, for number: Int) -> Bool {
    if number >= letters.count { letters += Array(repeating: 0, count: max(1024, number + 1 - letters.count)) }
    if letters[number] == 0 { letters[number] = letter }
    return letters[number] == letter
  }

  /// The mark of the highest number that came.
  var newest: UInt8? { letters.last { $0 != 0 } }
  /// How many numbers have each mark.
  var counts: [UInt8: Int] { letters.reduce(into: [:]) { if $1 != 0 { $0[$1, default: 0] += 1 } } }
}
