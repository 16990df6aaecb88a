/// What a reload has done.
package struct Receipt: Equatable, Sendable {
  /// Of the configuration that is in force now; the one the server started with is 1.
  package var generation: Int
  package var plan: ReloadPlan
  package var connections = Connections()
  /// From the reading of the files until everything was in force.
  package var milliseconds: Double

  /// What became of the connections there were.
  package struct Connections: Equatable, Sendable {
    package var kept = 0
    /// They go on with another stream, and were told the gap.
    package var moved = 0
    package var closed = 0

    package init() {}
  }

  package init(generation: Int, plan: ReloadPlan, milliseconds: Double) {
    self.generation = generation
    self.plan = plan
    self.milliseconds = milliseconds
  }
}
