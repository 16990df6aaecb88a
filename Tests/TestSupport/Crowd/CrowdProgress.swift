/// How a crowd does, at one moment.
package struct CrowdProgress: Sendable {
  /// Members that read; not those that come and go.
  package var reading = 0
  /// Those that are connected, but have no answer.
  package var asking = 0
  /// Members whose connection is closed.
  package var gone = 0
  /// Messages that came, at all members.
  package var delivered = 0
  /// Bytes that came.
  package var bytes = 0
  package var reads = 0
  /// The last number of the member that is furthest behind; 0: one of them has got nothing.
  package var slowest = 0
  /// The last number of the member that is furthest.
  package var fastest = 0
  /// The longest time from the feed's writing of a message until a member had it, in microseconds.
  package var longestLag = 0
  /// Members of the crowd that have come and gone.
  package var passed = 0
  package var faults: [Fault: Int] = [:]
  /// The first faults, in words.
  package var examples: [String] = []
  /// How often each close code came.
  package var closeCodes: [Int: Int] = [:]
  /// How often streams began again, at all members.
  package var restarts = 0
}
