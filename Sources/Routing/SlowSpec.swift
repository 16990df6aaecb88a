import ConfigText
import Delivery

extension SlowConsumerPolicy.Action: ConfigChoice {}

/// `slow: {lag: 1MiB, then: skip}`: what becomes of a subscriber that cannot keep up.
package struct SlowSpec: ConfigSpec {
  package var lag = ByteCount(bytes: 4 << 20)
  package var then = SlowConsumerPolicy.Action.skip

  package init() {}

  package static let label = "slow"
  package static let fields = FieldTable<Self>([
    Field("lag", \.lag, "How many bytes of messages a subscriber may be behind.", default: "4MiB", example: "1MiB"),
    Field(
      "then", \.then,
      "What follows: 'skip' sets it down half the lag behind the newest message, 'latest' at the newest, 'close' closes it.",
      default: "skip", example: "latest"),
  ])

  package var policy: SlowConsumerPolicy { SlowConsumerPolicy(lag: lag.bytes, then: then) }
}
