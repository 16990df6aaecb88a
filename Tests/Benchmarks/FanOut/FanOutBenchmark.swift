import Glibc

/// What giving a message to a subscriber costs the server in processor time, against the least that any server can pay.
///
/// In turn, several times: `sluice pipe` and a bare server that does nothing but `send(2)` each message to each connection.
/// Both get the same feed and the same clients, which read and throw away.
@main
enum FanOutBenchmark {
  static func main() throws {
    signal(SIGPIPE, SIG_IGN)
    if CommandLine.arguments.dropFirst().first == "--bare-server" { return BareServer.run() }
    let plan = try Plan(CommandLine.arguments.dropFirst())
    print(
      "\(plan.subscribers) subscribers, \(plan.messages) messages of \(plan.bytes) bytes, \(plan.rate) a second, \(plan.rounds) rounds"
    )
    var ratios: [Double] = []
    var costs: [Double] = []
    for round in 1...plan.rounds {
      let bare = try Trial(plan, .bare).run()
      let sluice = try Trial(plan, .sluice).run()
      ratios.append(sluice.cost / bare.cost)
      costs.append(sluice.cost)
      print(
        "round \(round): sluice \(rounded(sluice.cost)) µs a delivered message, bare send \(rounded(bare.cost)) µs, "
          + "ratio \(rounded(sluice.cost / bare.cost)); \(sluice.memory) bytes of memory a subscriber")
    }
    print("median: \(rounded(median(costs))) µs a delivered message, \(rounded(median(ratios))) times the bare send")
  }

  static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    return sorted.count % 2 == 1
      ? sorted[sorted.count / 2] : (sorted[sorted.count / 2 - 1] + sorted[sorted.count / 2]) / 2
  }

  static func rounded(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }
}

/// What to measure, from the command line.
struct Plan {
  var subscribers = 1000
  var messages = 300
  var bytes = 128
  /// Messages a second: slow enough that each is a write of its own.
  var rate = 50
  var rounds = 5

  struct Usage: Error, CustomStringConvertible {
    var description: String { "usage: fanout-benchmark [subscribers=N] [messages=N] [bytes=N] [rate=N] [rounds=N]" }
  }

  init(_ arguments: some Sequence<String>) throws {
    for argument in arguments {
      let parts = argument.split(separator: "=")
      guard parts.count == 2, let value = Int(parts[1]), value > 0 else { throw Usage() }
      switch parts[0] {
      case "subscribers": subscribers = value
      case "messages": messages = value
      case "bytes": bytes = value
      case "rate": rate = value
      case "rounds": rounds = value
      default: throw Usage()
      }
    }
  }
}
