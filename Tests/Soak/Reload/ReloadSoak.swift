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
    let report = Report()
    report.say("\(plan.webSockets) WebSocket and \(plan.events) SSE subscribers, \(plan.rate) messages a second")
    if plan.scenarios.contains(1) { try await ManyReloads(plan: plan).run(report) }
    exit(report.hasFailed ? 1 : 0)
  }
}
