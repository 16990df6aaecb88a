import Glibc
import TestSupport

/// Proves the reload under load: thousands of subscribers of a numbered feed, each of which checks every message, while
/// the configuration of the server changes under them.
///
///     swift run -c release reload-soak [--quick] [websockets=N] [events=N] [rate=N] [reloads=N] [only=SCENARIO] …
///
/// It starts the `sluice` that was built beside it, and feeds it by itself (`reload-soak --feed RATE`). A scenario prints
/// what it has measured, each check that failed, and its outcome; the exit status is 1 if any has failed.
@main
enum ReloadSoak {
  static func main() async throws {
    signal(SIGPIPE, SIG_IGN)
    let arguments = CommandLine.arguments.dropFirst()
    if arguments.first == "--feed" { return Feed.run(arguments.dropFirst().first) }
    let plan: SoakPlan
    do {
      plan = try SoakPlan(arguments)
    } catch {
      print(error)
      exit(64)
    }
    exit(await soak(plan) ? 0 : 1)
  }

  /// Whether nothing has failed.
  private static func soak(_ plan: SoakPlan) async -> Bool {
    let signals = Interruption.watch()
    defer { withExtendedLifetime(signals) {} }
    let report = Report()
    report.say("\(plan.webSockets) WebSocket and \(plan.events) SSE subscribers, \(plan.rate) messages a second")
    for scenario in plan.scenarios.sorted() {
      do {
        try await run(scenario, plan, report)
      } catch {
        report.expect("scenario \(scenario) can be run", false, "\(error)")
        report.end()
      }
    }
    return !report.hasFailed
  }

  private static func run(_ scenario: Int, _ plan: SoakPlan, _ report: Report) async throws {
    switch scenario {
    case 1: try await ManyReloads(plan: plan).run(report)
    case 2: try await EveryChange(plan: plan).run(report)
    case 3: try await Refusals(plan: plan).run(report)
    case 4: try await Commotion(plan: plan).run(report)
    default: try await IdleConnections(plan: plan).run(report)
    }
  }
}
