/// How a reload ended.
package enum ReloadOutcome: Equatable, Sendable {
  /// The configuration means what the one in force means: nothing was done.
  case unchanged(generation: Int)
  case committed(Receipt)
  /// The configuration in force stays whole. `report`: the diagnostics, or the reasons, as the operator reads them.
  case refused(report: String)

  package var isRefused: Bool { if case .refused = self { true } else { false } }
}
