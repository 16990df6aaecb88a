import Foundation
import TestSupport

/// What compression saves on the wire, and what it costs the server in processor time and memory: `off`, `shared` and
/// `per_connection`, in turn, several times.
///
///     swift run -c release compression-benchmark [subscribers=N] [messages=N] [rate=N] [rounds=N] [only=websocket|sse]
///
/// It starts the `sluice` that was built beside it, on loopback. All clients take compressed messages; some of them inflate
/// what they get with zlib and compare it with what was sent, and the others must have got the same number of bytes.
@main
enum CompressionBenchmark {
  static func main() async {
    signal(SIGPIPE, SIG_IGN)
    let signals = Interruption.watch()
    defer { withExtendedLifetime(signals) {} }
    do {
      try await run(try Plan(CommandLine.arguments.dropFirst()))
    } catch let usage as Plan.Usage {
      print(usage)
      exit(64)
    } catch {
      print(error)
      exit(1)
    }
  }

  private static func run(_ plan: Plan) async throws {
    Sockets.raiseLimit()
    let ticks = try Ticks()
    print(
      "\(plan.subscribers) subscribers, \(plan.messages) JSON messages of \(ticks.byteCount(0..<500) / 500) bytes, "
        + "\(plan.rate) a second, \(plan.rounds) rounds")
    var comparison = Comparison()
    for round in 1...plan.rounds {
      for kind in plan.cases {
        let result = try await Trial(plan: plan, kind: kind, ticks: ticks).run()
        comparison.add(result, kind)
        print(
          "round \(round): \(kind.name): \(rounded(result.bytes, 1)) bytes and "
            + "\(rounded(result.cost)) µs a delivered message, \(Int(result.memory)) bytes of memory a subscriber"
            + (result.isSteady ? "" : "; left out, \(rounded(result.together)) messages were sent at a time")
        )
      }
    }
    print("\nmedians, beside off of the same round:\n\(comparison.text(plan.cases))\n\n\(comparison.goals(plan.cases))")
  }
}
