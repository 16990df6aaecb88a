/// Who uses a shared descriptor, and who waits to do so, in order.
struct TurnQueue {
  private var turns: [(holder: ObjectIdentifier, begin: @Sendable () -> Void)] = []

  /// Puts a holder at the end. True: it is its turn at once.
  mutating func join(_ holder: ObjectIdentifier, _ begin: @escaping @Sendable () -> Void) -> Bool {
    precondition(!turns.contains { $0.holder == holder }, "a holder has one turn")
    turns.append((holder, begin))
    return turns.count == 1
  }

  /// A holder is done, or waits no more. Returns what begins the next one's turn, if that has come.
  mutating func leave(_ holder: ObjectIdentifier) -> (@Sendable () -> Void)? {
    guard let index = turns.firstIndex(where: { $0.holder == holder }) else { return nil }
    turns.remove(at: index)
    return index == 0 ? turns.first?.begin : nil
  }
}
