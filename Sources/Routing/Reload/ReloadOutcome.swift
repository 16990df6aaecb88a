/// How a reload ended.
package enum ReloadOutcome: Equatable, Sendable {
  /// The configuration means what the one in force means: nothing was done.
  case unchanged(generation: Int)
  case committed(Receipt)
  /// The configuration in force stays whole. `report`: the diagnostics, or the reasons, as the operator reads them.
  case refused(report: String)

  /// As the operator reads it, each line ended by a newline.
  package var text: String {
    switch self {
    case .unchanged(let generation): "nothing has changed; generation \(generation) stays in force\n"
    case .committed(let receipt): receipt.text
    case .refused(let report): report.hasSuffix("\n") ? report : report + "\n"
    }
  }

  package var isRefused: Bool { if case .refused = self { true } else { false } }
}
