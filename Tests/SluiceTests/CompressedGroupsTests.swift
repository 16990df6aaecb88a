import TestSupport
import Testing

/// Several groups on a route, and several routes on a group, compressed.
struct CompressedGroupsTests {
  @Test(arguments: CompressedForm.allCases)
  func `a route on two groups and a route on one of them are each compressed, and read right`(
    form: CompressedForm
  ) async throws {
    let sluice = try await SluiceProcess.serve(
      """
      sources: {feed: {pipe: "-", into: "g.{.feed}"}}
      routes:
        /a: {from: {group: g.a}, replay: none}
        /also: {from: {group: g.a}, replay: none, compression: {mode: shared, level: 1, threshold: 0}}
        /both: {from: [{group: g.a}, {group: g.b}], replay: none}
      """)
    var clients: [(path: String, client: InflatingClient, first: Int)] = []
    for (index, path) in ["/a", "/both", "/also", "/both", "/a"].enumerated() {
      clients.append((path, try await form.open(path, sluice), index * 40 + 1))
      for number in index * 40 + 1...index * 40 + 40 {
        try sluice.write(lines: [Tick.text(number), Tick.text(number, of: "b")])
      }
      for (path, client, first) in clients {
        let count = (index * 40 + 41 - first) * (path == "/both" ? 2 : 1)
        try await client.wait(for: "\(count) messages") { form.items($0).count == count }
      }
    }
    for (path, client, first) in clients {
      let items = form.items(client.reading)
      #expect(items.filter { $0.contains("\"feed\":\"a\"") } == Tick.texts(first...200), "\(path)")
      let others = items.filter { $0.contains("\"feed\":\"b\"") }
      #expect(others == (path == "/both" ? Tick.texts(first...200, of: "b") : []), "\(path)")
      // Who came later may still wait for a key frame.
      if first <= 81 { #expect(form.compressed(client.reading) > 0, "\(path)") }
    }
    try await sluice.stop()
  }
}
