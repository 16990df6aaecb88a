/// How much of the past a log keeps for subscribers that join or come back. All three bounds hold at once.
package struct History: Equatable, Sendable {
  /// The most messages.
  package var messages: Int
  /// The greatest age; `nil`: any.
  package var age: Duration?
  /// The most payload bytes.
  package var size: Int
  /// How many keys' last messages are kept beside that; `nil`: messages have no keys.
  package var keys: Int?

  package init(messages: Int, age: Duration? = nil, size: Int, keys: Int? = nil) {
    self.messages = messages
    self.age = age
    self.size = size
    self.keys = keys
  }

  package static let none = History(messages: 0, size: 0)

  /// The bounds that keep what either keeps: several routes may read one group.
  package func union(_ other: History) -> History {
    if self == .none { return other }
    if other == .none { return self }
    let longest: Duration? =
      if let age, let otherAge = other.age { max(age, otherAge) } else { nil }
    return History(
      messages: max(messages, other.messages), age: longest, size: max(size, other.size),
      keys: keys.map { max($0, other.keys ?? 0) } ?? other.keys)
  }
}

/// Where in the log a new subscriber starts.
package enum Replay: Equatable, Sendable {
  /// With what is new. The first subscriber that a log ever has starts with all that history holds: nothing that was
  /// said before anybody could listen is lost by accident.
  case unheard
  /// With what is new.
  case none
  /// With the newest `count` messages of history.
  case last(Int)
  /// With all of history.
  case all
}
