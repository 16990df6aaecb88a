import Filters
import Testing

@Suite struct SampleTests {
  private static let numbers = (1...10_000).map { "\($0)" }

  @Test func `the first of every ten passes`() throws {
    var bench = try Bench("- sample: {every: 10}")
    #expect(bench.give((1...25).map { "\($0)" }) == ["1", "11", "21"])
    #expect(bench.give((26...31).map { "\($0)" }) == ["31"])
  }

  @Test func `about the fraction passes, in order`() throws {
    var bench = try Bench("- sample: {fraction: 0.1, seed: 1}")
    let out = bench.give(Self.numbers).compactMap { Int($0) }
    #expect((850...1150).contains(out.count))
    #expect(out == out.sorted())
  }

  @Test func `a seed makes it choose the same each time, and no seed another`() throws {
    var (one, two) = (try Bench("- sample: {fraction: 0.5, seed: 7}"), try Bench("- sample: {fraction: 0.5, seed: 7}"))
    #expect(one.give(Self.numbers) == two.give(Self.numbers))
    var (three, four) = (try Bench("- sample: 0.5"), try Bench("- sample: 0.5"))
    #expect(three.give(Self.numbers) != four.give(Self.numbers))
  }

  @Test func `all pass with a fraction of one, or every one`() throws {
    var bench = try Bench("- sample: 1\n- sample: {every: 1}")
    #expect(bench.give(Self.numbers) == Self.numbers)
  }
}
