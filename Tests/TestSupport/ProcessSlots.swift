/// How many processes of tests may run at a time: hundreds at once on few cores make every one of them late.
actor ProcessSlots {
  private let limit: Int
  private var taken = 0
  private var next = 0
  private var waiting: [(id: Int, continuation: CheckedContinuation<Void, Never>)] = []

  /// A test that has one process and waits for another must not wait for ever for tests that do the same.
  private static let patience = Duration.seconds(20)

  init(limit: Int) { self.limit = limit }

  /// Returns when there is room, or after a while in any case.
  func take() async {
    taken += 1
    guard taken > limit else { return }
    next += 1
    let id = next
    Task {
      try? await Task.sleep(for: Self.patience)
      wake(id)
    }
    await withCheckedContinuation { waiting.append((id, $0)) }
  }

  /// A process has ended.
  func release() {
    taken -= 1
    if let first = waiting.first { wake(first.id) }
  }

  private func wake(_ id: Int) {
    guard let index = waiting.firstIndex(where: { $0.id == id }) else { return }
    waiting.remove(at: index).continuation.resume()
  }
}
