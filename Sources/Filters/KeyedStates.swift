/// A filter's states, one for each key, of a bounded number: the one that was not used for the longest time goes first.
///
/// ```
/// places: A→1 B→0 C→2      slots: [B] [A] [C]      oldest → A ⇄ C ⇄ B ← newest
/// ```
/// Slots are dense and linked by their indices, so that every operation takes one step. A slot is valid until the next
/// `insert` or `remove`.
struct KeyedStates<State: Sendable>: Sendable {
  private struct Slot: Sendable {
    let key: String
    var state: State
    var older: Int?
    var newer: Int?
  }

  /// The most keys.
  let limit: Int
  /// How many keys had to go for others.
  private(set) var evictions = 0
  /// The slot at the old end.
  private(set) var oldest: Int?
  private var newest: Int?
  private var slots: [Slot] = []
  private var places: [String: Int] = [:]

  init(limit: Int) { self.limit = limit }

  var count: Int { slots.count }

  /// The slot of a key's state; it does not count as use.
  func slot(of key: String) -> Int? { places[key] }

  subscript(slot: Int) -> State {
    get { slots[slot].state }
    _modify { yield &slots[slot].state }
  }

  /// A key's state has been used: it is the last to go.
  mutating func touch(_ slot: Int) {
    guard slot != newest else { return }
    unlink(slot)
    linkAsNewest(slot)
  }

  /// Adds the state of a key that has none, and returns its slot and the state that had to go for it.
  mutating func insert(_ state: State, for key: String) -> (slot: Int, evicted: State?) {
    var evicted: State?
    if slots.count >= limit, let oldest {
      evicted = remove(oldest)
      evictions += 1
    }
    slots.append(Slot(key: key, state: state))
    places[key] = slots.count - 1
    linkAsNewest(slots.count - 1)
    return (slots.count - 1, evicted)
  }

  /// Forgets a key.
  @discardableResult mutating func remove(_ slot: Int) -> State {
    unlink(slot)
    places[slots[slot].key] = nil
    let last = slots.removeLast()
    guard slot < slots.count else { return last.state }
    // The last slot moves into the gap.
    let removed = slots[slot].state
    slots[slot] = last
    places[last.key] = slot
    if let older = last.older { slots[older].newer = slot } else { oldest = slot }
    if let newer = last.newer { slots[newer].older = slot } else { newest = slot }
    return removed
  }

  /// Forgets all keys; their states in no order.
  mutating func removeAll() -> [State] {
    defer {
      slots.removeAll(keepingCapacity: true)
      places.removeAll(keepingCapacity: true)
      (oldest, newest) = (nil, nil)
    }
    return slots.map(\.state)
  }

  private mutating func unlink(_ slot: Int) {
    let (older, newer) = (slots[slot].older, slots[slot].newer)
    if let older { slots[older].newer = newer } else { oldest = newer }
    if let newer { slots[newer].older = older } else { newest = older }
  }

  private mutating func linkAsNewest(_ slot: Int) {
    slots[slot].older = newest
    slots[slot].newer = nil
    if let newest { slots[newest].newer = slot } else { oldest = slot }
    newest = slot
  }
}
