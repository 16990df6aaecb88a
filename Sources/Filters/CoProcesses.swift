import Synchronization

/// The co-processes of this process, so that none outlives it.
package final class CoProcesses: Sendable {
  package static let shared = CoProcesses()

  private let state = Mutex(State())

  private struct State {
    var tasks: [Int: Task<Void, Never>] = [:]
    var next = 0
    var isStopping = false
  }

  /// A task that runs a process; it is cancelled when all are to end.
  func run(_ body: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
    state.withLock { state in
      state.next += 1
      let id = state.next
      let task = Task {
        await body()
        self.forget(id)
      }
      state.tasks[id] = task
      if state.isStopping { task.cancel() }
      return task
    }
  }

  private func forget(_ id: Int) { state.withLock { $0.tasks[id] = nil } }

  /// Ends all of them, for good, and returns when they have gone.
  package func stop() async {
    let tasks = state.withLock { state in
      state.isStopping = true
      return Array(state.tasks.values)
    }
    for task in tasks { task.cancel() }
    for task in tasks { await task.value }
  }
}
