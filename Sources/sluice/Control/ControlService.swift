import Routing

/// Answers what clients of the control socket ask.
struct ControlService: Sendable {
  let reloader: Reloader
  let reloading: any Reloading

  func answer(to request: ControlRequest) async -> ControlAnswer {
    switch request {
    case .reload: return Self.answer(await reloader.reload(.command))
    case .status(let isJSON):
      let status = await reloading.status()
      return ControlAnswer(isJSON ? status.json : status.text)
    case .plan(let paths, let isJSON):
      switch await reloading.plan(paths: paths) {
      case .plan(let plan): return ControlAnswer(isJSON ? plan.json : plan.text)
      case .refused(let report): return ControlAnswer(status: 1, report)
      }
    }
  }

  private static func answer(_ outcome: ReloadOutcome) -> ControlAnswer {
    ControlAnswer(status: outcome.isRefused ? 1 : 0, outcome.text)
  }
}
