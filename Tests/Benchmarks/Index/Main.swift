import ConfigText
import Delivery
import Filters
import Logging
import NIOCore
import NIOPosix
import Streams

/// What a message costs on a route with `where: msg.symbol == params.symbol`, by the number of values that are subscribed
/// to: 10 and 10,000, in turns. Once all messages have one of the same 10 values, once they go round all that there are.
@main
struct IndexBenchmark {
  static let messages = 200_000
  static let rounds = 5

  static func main() throws {
    let few = try Rig(values: 10)
    let many = try Rig(values: 10_000)
    print("a message's cost, one message a batch, from the feed to the log of its stream")
    try compare("the same feed of 10 values", { few.measure(messages) }, { many.measure(messages, over: 10) })
    try compare("each value in turn", { few.measure(messages) }, { many.measure(messages) })
  }

  private static func compare(_ name: String, _ few: () -> Double, _ many: () -> Double) throws {
    var ratios: [Double] = []
    for round in 1...rounds {
      let (a, b) = (few(), many())
      ratios.append(b / a)
      print("\(name), round \(round): 10 streams \(Int(a)) ns, 10,000 streams \(Int(b)) ns, ratio \(rounded(b / a))")
    }
    ratios.sort()
    print("\(name): median ratio \(rounded(ratios[rounds / 2]))")
  }

  private static func rounded(_ number: Double) -> Double { (number * 100).rounded() / 100 }
}

/// A feed with a stream for each value.
private final class Rig {
  private let base: Group
  private let batches: [Batch]
  private let streams: DerivedStreams
  private var next = 0

  init(values: Int) throws {
    let loops = MultiThreadedEventLoopGroup.singleton
    let history = History(messages: 10, size: 64 << 10)
    base = Group(name: "feed", log: StreamLog(history: history, holdLimit: 1 << 20))
    let settings = DerivedStreams.Settings(
      name: "route", steps: try Self.steps(), onError: .drop,
      group: GroupPool.Settings(history: history, holdLimit: 1 << 20), limit: values)
    streams = DerivedStreams(settings, of: base, timers: loops, logger: Logger(label: "benchmark"))
    base.forward(to: streams)
    for value in 0..<values {
      _ = try streams.acquire(FilterParameters(path: ["symbol": "S\(value)"], query: [:]))
    }
    batches = (0..<values).map { value in
      Batch(texts: [
        "{\"symbol\":\"S\(value)\",\"price\":101.25,\"volume\":1200,\"time\":\"2026-01-01T00:00:00Z\","
          + "\"exchange\":\"XNAS\",\"bid\":101.20,\"ask\":101.30,\"currency\":\"USD\",\"n\":\(value)}"
      ])
    }
  }

  private static func steps() throws -> [FilterStep] {
    let text = "filters: [{where: msg.symbol == params.symbol}]\n"
    var reader = ConfigReader()
    let loaded = ConfigLoader(environment: [:]).load(text: text, file: "benchmark")
    let chain = loaded.documents.first?.root["filters"].flatMap { FilterChain.decode($0, &reader) }
    return NamedChains().steps(of: chain ?? FilterChain())
  }

  /// Nanoseconds a message, of messages with so many values.
  func measure(_ count: Int, over values: Int? = nil) -> Double {
    let values = values ?? batches.count
    next = 0
    let clock = ContinuousClock()
    let time = clock.measure {
      for _ in 0..<count {
        base.publish(batches[next])
        // A stride without a common divisor, so that neighbours in memory do not follow each other.
        next = (next + 7919) % values
      }
    }
    let (seconds, attoseconds) = time.components
    return (Double(seconds) * 1e9 + Double(attoseconds) / 1e9) / Double(count)
  }
}
