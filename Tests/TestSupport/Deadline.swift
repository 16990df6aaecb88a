/// Something a test waited for did not come.
package struct TimedOut: Error, CustomStringConvertible {
  package var description: String

  package init(description: String) { self.description = description }
}

/// Waits for a condition, with a deadline; the wait ends soon after it holds. It is looked at less and less often, so that
/// tests that wait do not take the processor from those that work. `what` is made when the time is over: it may tell how
/// things are then.
package func eventually(
  _ what: @autoclosure () -> String, within limit: Duration = .seconds(120), _ condition: () async throws -> Bool
) async throws {
  let deadline = ContinuousClock.now + limit
  var pause = Duration.milliseconds(2)
  while try await !condition() {
    guard ContinuousClock.now < deadline else { throw TimedOut(description: "timed out: \(what())") }
    try await Task.sleep(for: pause)
    pause = min(pause * 3 / 2, .milliseconds(50))
  }
}
