import Filters
import Testing

/// What route files may say of the filters that keep states.
@Suite struct TimeDecodingTests {
  @Test(arguments: [
    ("- throttle: 100", "1:13: expected a duration such as 250ms, 10s, 5m, 1h or 7d, got '100' (the unit is missing"),
    ("- throttle: 0", "1:13: 'every' is 1ms or more"),
    ("- throttle: {key: msg.a}", "1:13: throttle needs 'every'"),
    ("- throttle: {evry: 1s}", "1:14: unknown key 'evry' in throttle; did you mean 'every'?"),
    ("- throttle: {every: 1s, keys: 0}", "1:31: 'keys' is from 1 to 10000000"),
    ("- distinct: {key: msg.a}", "1:13: distinct needs 'of'"),
    ("- distinct: [a]", "1:13: expected an expression such as msg.price > 100, got a list"),
    ("- sample: 0", "1:11: 'fraction' is more than 0 and at most 1"),
    ("- sample: 10", "1:11: 'fraction' is more than 0 and at most 1; of 10 messages one passes with {every: 10}"),
    ("- sample: {}", "1:11: 'sample' needs 'fraction' or 'every'"),
    ("- sample: {fraction: 0.5, every: 2}", "1:11: 'sample' has either 'fraction' or 'every'"),
    ("- sample: {every: 2, seed: 1}", "1:11: 'seed' needs 'fraction'"),
    ("- sample: {every: 0}", "1:19: 'every' is from 1 to 1000000000"),
    ("- batch: {}", "1:10: 'batch' needs 'messages' or 'every'"),
    ("- batch: {size: 1KiB}", "1:10: 'batch' needs 'messages' or 'every'"),
    ("- batch: 0", "1:10: 'messages' is from 1 to 1000000"),
    ("- batch: {messages: 1, size: 65MiB}", "1:30: 'size' is from 1 to 64MiB"),
    ("- delta: {full_every: 0}", "1:23: 'full_every' is from 1 to 1000000000"),
    ("- window: {every: 1m}", "1:11: window needs 'set'"),
    ("- window: {every: 1m, set: {}}", "1:28: 'set' needs a field"),
    ("- window: {every: 1m, set: {a: msg.b}}", "1:32: "),
    ("- window: {every: 1m, set: {a: }}", "1:"),
    ("- window: {every: 1m, set: {a: max(start)}}", "1:36: "),
    ("- window: {every: 1m, set: [a]}", "1:28: expected a mapping of fields to expressions"),
    ("- delta: msg.a", "1:10: expected a mapping for delta, got 'msg.a'"),
  ]) func `mistakes are told with their places`(chain: String, problem: String) {
    let (_, problems) = Bench.decode(chain)
    #expect(problems.count == 1, "\(problems)")
    #expect(problems.first?.hasPrefix(problem) == true, "\(problems)")
  }

  @Test(arguments: [
    ("- throttle: 100ms", "- throttle: {every: 100ms}"), ("- distinct: msg.a", "- distinct: {of: msg.a, keys: 10000}"),
    ("- sample: 0.1", "- sample: {fraction: 0.1}"), ("- batch: 100", "- batch: {messages: 100, size: 1MiB}"),
    ("- delta: {}", "- delta: {full_every: 100}"),
  ]) func `short forms mean the same as long ones`(short: String, long: String) {
    let (one, two) = (Bench.decode(short), Bench.decode(long))
    #expect(one.1.isEmpty && two.1.isEmpty)
    #expect(one.0 != nil && one.0 == two.0)
  }

  @Test func `each filter's own example is right, and each key has one`() {
    for kind in FilterRegistry.kinds {
      let (chain, problems) = Bench.decode("- \(kind.key): \(kind.example)")
      #expect(chain?.elements.count == 1 && problems.isEmpty, "\(kind.key): \(problems)")
      for key in kind.keys { #expect(!key.example.isEmpty && key.summary.hasSuffix("."), "\(kind.key)") }
    }
  }
}
