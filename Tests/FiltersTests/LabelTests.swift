import Filters
import Streams
import Testing

/// event and id: what goes beside messages.
@Suite struct LabelTests {
  @Test func `event and id come from expressions`() throws {
    var bench = try Bench("- event: msg.type\n- id: msg.n")
    #expect(
      bench.labels(#"{"type":"trade","n":7}"#, #"{"type":null,"n":""}"#)
        == [Label(event: "trade", id: "7"), Label()])
    #expect(bench.labels("1", #"{"n":1}"#) == [])
    #expect(bench.failures().count == 2)
  }

  @Test func `null and an empty text take away what a message had`() throws {
    var bench = try Bench("- event: \"''\"\n- id: \"null\"")
    #expect(bench.labels("x", labels: [Label(event: "a", id: "b", key: "k")]) == [Label(key: "k")])
  }

  // HTML Living Standard, section 9.2.6: a line break would end the field, and an id with a zero byte is ignored.
  @Test func `a name or id that the wire has no form for is refused`() throws {
    var event = try Bench("- event: msg")
    #expect(event.labels(#""a\nb""#, #""a\rb""#, #""sluice.gap""#, #""a b""#) == [Label(event: "a b")])
    #expect(
      event.failures() == [
        "event: the event's name has a line break × 2", "event: the event's name is one of the server's own × 1",
      ])
    var id = try Bench("- id: msg")
    #expect(id.labels(#""a\nb""#, #""a\u0000""#, #"" a""#, #""a ""#, #""a b-1""#) == [Label(id: "a b-1")])
    #expect(
      id.failures() == ["id: the id has a control character × 2", "id: the id starts or ends with a space × 2"])
  }

  @Test func `a name or id has at most 256 bytes`() throws {
    var bench = try Bench("- id: text")
    #expect(bench.labels(String(repeating: "x", count: 256), String(repeating: "x", count: 257)).count == 1)
    #expect(bench.failures() == ["id: the event's name or id is too long × 1"])
  }

  @Test func `labels go through filters that change the message`() throws {
    var bench = try Bench("- set: {a: '1'}\n- encode: base64\n- decode: base64\n- log: debug")
    #expect(
      bench.labels("{}", labels: [Label(event: "e", id: "i", key: "k")]) == [Label(event: "e", id: "i", key: "k")])
  }
}
