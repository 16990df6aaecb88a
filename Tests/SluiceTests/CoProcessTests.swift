import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Co-processes of filters, through the built binary.
struct CoProcessTests {
  @Test func `no co-process outlives the server, nor what it has started`() async throws {
    let deaf = "trap '' TERM; sleep 1000 & read -r x; echo $$$$ $$!; while :; do sleep 1000; done"
    let sluice = try await SluiceProcess.serve(
      "routes: {/x: {from: {pipe: \"-\"}, replay: all, filters: [{exec: \"\(deaf)\"}]}}")
    try sluice.write("hello\n")
    let client = try await TestClient.get("/x", port: sluice.port)
    let line = try #require(try await client.wait(for: "its numbers") { !$0.lines.isEmpty }.lines.first)
    let ids = line.split(separator: " ").compactMap { pid_t($0) }
    #expect(ids.count == 2)
    for id in ids { #expect(kill(id, 0) == 0) }
    try await sluice.stop()
    // What is orphaned is reaped by somebody else, a little later.
    try await eventually("them to be gone") { ids.allSatisfy { kill($0, 0) == -1 } }
  }

  @Test func `co-processes that talk without end do not keep others from their turn`() async throws {
    let talkers = (1...8).map { "/t\($0): {from: feed, filters: [{exec: {command: 'yes', answers: any}}]}" }
    let sluice = try await SluiceProcess.serve(
      """
      sources: {feed: {pipe: "-"}}
      routes:
        /x: {from: feed, replay: all, filters: [{exec: [cat]}]}
        \(talkers.joined(separator: "\n  "))
      """)
    try await Task.sleep(for: .milliseconds(500))
    try sluice.write("hello\n")
    let client = try await TestClient.get("/x", port: sluice.port)
    try await client.wait(for: "the answer") { $0.lines == ["hello"] }
    try await sluice.stop()
  }
}
