/// Something a test waited for did not come.
package struct TimedOut: Error, CustomStringConvertible {
  package var description: String
}

/// Waits for a condition, with a deadline; the wait ends as soon as it holds.
package func eventually(
  _ what: String, within limit: Duration = .seconds(60), _ condition: () async throws -> Bool
) async throws {
  let deadline = ContinuousClock.now + limit
  while try await !condition() {
    guard ContinuousClock.now < deadline else { throw TimedOut(description: "timed out: \(what)") }
    try await Task.sleep(for: .milliseconds(2))
  }
}
