import ConfigText
import Delivery

extension SlowConsumerPolicy.Action: ConfigChoice {}

/// `slow: {lag: 1MiB, then: skip}`: what becomes of a subscriber that cannot keep up.
package struct SlowSpec: ConfigSpec {
  package var lag = ByteCount(bytes: 4 << 20)
  package var then = SlowConsumerPolicy.Action.skip
  package var wait = Duration.milliseconds(250)

  package init() {}

  package static let label = "slow"
  package static let fields = FieldTable<Self>([
    Field("lag", \.lag, "How many bytes of messages a subscriber may be behind.", default: "4MiB", example: "1MiB"),
    Field(
      "then", \.then,
      "What follows: 'skip' sets it down half the lag behind the newest message, 'latest' at the newest (of each key), 'close' closes it.",
      default: "skip", example: "latest"),
    Field(
      "wait", \.wait,
      "How long sources may be held back for a subscriber that is half the lag behind, so that a burst is not lost.",
      default: "250ms", example: "5s"),
  ])

  package var policy: SlowConsumerPolicy { SlowConsumerPolicy(lag: lag.bytes, then: then, wait: wait) }
}
