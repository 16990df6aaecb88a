import Delivery
import Filters
import Logging
import NIOPosix
import Streams
import Testing

/// Keys of messages by an expression.
@Suite struct KeyingTests {
  private func keying(_ expression: String) throws -> Keying {
    let (chain, problems) = Bench.decode("- map: \(expression)")
    try #require(problems.isEmpty, "\(problems)")
    let decoded = try #require(chain)
    let found = NamedChains().steps(of: decoded).first?.spec.expressions.first
    let expression = try #require(found)
    return Keying(
      expression, name: "test", timers: MultiThreadedEventLoopGroup.singleton.next(),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  }

  @Test func `a message has the key that its expression says`() throws {
    let batch = try keying("msg.k").label(Batch(texts: [#"{"k":"a"}"#, #"{"k":1}"#, #"{"k":"1"}"#, #"{"k":1.0}"#]))
    let keys = batch.labels.map(\.key)
    #expect(keys[0] != nil)
    #expect(keys[1] != keys[2])
    #expect(keys[1] == keys[3])
  }

  @Test func `a message without a value has no key, whatever key it had in another stream`() throws {
    var given = Batch()
    Array(#"{"x":1}"#.utf8).withUnsafeBytes { given.append($0, isText: true, label: Label(event: "e", key: "old")) }
    let batch = try keying("msg.k").label(given)
    #expect(batch.label(0) == Label(event: "e"))
  }
}
