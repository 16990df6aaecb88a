import Foundation
import NIOCore
import NIOPosix
import TestSupport
import Testing

/// Reloads that are refused: the reasons are told, and the server is as if nobody had asked.
struct ReloadRefusalTests {
  private static let good = """
    server: {listen: ["127.0.0.1:0", "unix:own.sock"]}
    sources:
      ticks: {exec: [./feed]}
      held: {pipe: held.pipe, create: true}
    routes:
      /x: {from: ticks, history: {messages: 100000}}
      /held: {from: held}

    """

  /// The good configuration, with more sources and routes; they begin in lines 5 and 8.
  private static func with(sources: String = "#", routes: String = "#", listen: String = "") -> String {
    """
    server: {listen: ["127.0.0.1:0", "unix:own.sock"\(listen)]}
    sources:
      ticks: {exec: [./feed]}
      held: {pipe: held.pipe, create: true}
      \(sources)
    routes:
      /x: {from: ticks, history: {messages: 100000}}
      \(routes)
      /held: {from: held}

    """
  }

  /// A configuration and what is said of it.
  struct Wrong: Sendable {
    var text: String
    var errors: [String]

    init(_ text: String, _ errors: String...) { (self.text, self.errors) = (text, errors) }
  }

  /// What is wrong in itself.
  private static let mistakes = [
    Wrong("routes: {/x: [\n", "routes.yaml:2:1: error: "),
    Wrong(with(routes: "/y: {form: ticks}"), "routes.yaml:8:8: error: unknown key 'form'"),
    Wrong(with(routes: "/y: {from: ticks, keepalive: []}"), "routes.yaml:8:32: error: "),
    Wrong(with(routes: "/y: {from: tics}"), "routes.yaml:8:14: error: "),
    Wrong(with(routes: "/y: {from: ticks, filters: [nope]}"), "routes.yaml:8:31: error: "),
    Wrong(with(routes: "/{a}: {from: ticks}\n  /{b}: {from: ticks}"), "routes.yaml:9:3: error: "),
    Wrong(with(routes: "/x: {from: ticks}"), "routes.yaml:8:3: error: "),
    Wrong(with(routes: "#\nfilters: {a: [b], b: [a]}\n\"routes\": {}"), "error: "),
    Wrong(with() + "filters: {a: [b], b: [a]}\n", "routes.yaml:10:", "error: "),
    Wrong(with(routes: "/y: {from: ticks, filters: [{where: \"msg.p >\"}]}"), "routes.yaml:8:"),
    Wrong(with(routes: "/y: {from: ticks, filters: [{where: \"1\"}]}"), "routes.yaml:8:"),
    Wrong(with(sources: "ticks: {interval: 1s}"), "routes.yaml:5:3: error: "),
    Wrong(
      with(sources: "a: {tcp_listen: \"127.0.0.1:9\", into: g}\n  b: {tcp_listen: \"127.0.0.1:9\", into: g}"),
      "routes.yaml:6:3: error: source 'b' wants 127.0.0.1:9, which source 'a' has"),
    Wrong(with(sources: "a: {unix_listen: own.sock, into: g}"), "routes.yaml:5:3: error: source 'a' wants "),
    Wrong("server: {listen: \"127.0.0.1:0\"}\nroutes: {}\n", "error: "),
    Wrong("", "error: "),
    Wrong(with() + "sources: {}\n", "routes.yaml:10:1: error: "),
    Wrong(with() + "version: 2\n", "routes.yaml:10:1: error: unknown key 'version'"),
    Wrong(
      with(sources: "/y: {interval: 1h, into: g}", routes: "/y: {from: {interval: 2h}}"),
      "routes.yaml:8:14: error: the source that is written in place here is called '/y'", "source '/y' is here"),
    Wrong(with(listen: ", \"nowhere\""), "routes.yaml:1:"),
    Wrong(with(routes: "y: {from: ticks}"), "routes.yaml:8:3: error: "),
    Wrong(with(routes: "/y: {from: ticks, retry: soon, lines: 1}"), "routes.yaml:8:", "error: unknown key 'lines'"),
  ]

  /// What the system does not have; `ADDRESS` and `TAKEN` are in use by others.
  private static let obstacles = [
    Wrong(with(listen: ", \"ADDRESS\""), "routes.yaml:1:", "error: cannot listen on ADDRESS: Address already in use"),
    Wrong(
      with(listen: ", \"unix:/nowhere/at/all.sock\""), "error: cannot listen on unix:/nowhere/at/all.sock: No such"),
    Wrong(
      with(sources: "a: {tcp_listen: \"ADDRESS\", into: g}"),
      "routes.yaml:5:3: error: source 'a': cannot listen on ADDRESS: Address already in use"),
    Wrong(
      with(sources: "a: {unix_listen: taken.sock, into: g}"),
      "routes.yaml:5:3: error: source 'a': cannot listen on ", "taken.sock: somebody listens there"),
    Wrong(
      with(sources: "a: {exec: [./missing], into: g}"),
      "routes.yaml:5:3: error: source 'a': missing cannot be started: ", "No such file or directory"),
    Wrong(with(sources: "a: {exec: [no-such-program], into: g}"), "error: source 'a': ", "there is no program"),
    Wrong(with(sources: "a: {exec: [./plain], into: g}"), "error: source 'a': ", "Permission denied"),
    Wrong(with(sources: "a: {exec: [./feed], cwd: away, into: g}"), "error: source 'a': ", "is missing"),
    Wrong(with(sources: "a: {exec: [./feed], user: nobody-there, into: g}"), "error: source 'a': ", "nobody-there"),
    Wrong(
      with(routes: "/y: {from: ticks, filters: [{exec: [./missing]}]}"),
      "routes.yaml:8:32: error: route '/y': exec: missing cannot be started"),
    Wrong(
      with(sources: "a: {interval: 1h, into: g, filters: [{exec: [./missing]}]}"),
      "routes.yaml:5:", "error: source 'a': exec: missing cannot be started"),
    Wrong(with(sources: "a: {pipe: plain, into: g}"), "error: source 'a': cannot open ", "it is not a named pipe"),
    Wrong(with(sources: "a: {pipe: folder, into: g}"), "error: source 'a': cannot open ", "it is not a named pipe"),
    Wrong(with(sources: "a: {pipe: none.pipe, into: g}"), "error: source 'a': cannot open ", "No such file"),
    Wrong(with(sources: "a: {pipe: away/a.pipe, create: true, into: g}"), "error: source 'a': ", "No such file"),
    Wrong(with(routes: "/y: {from: {pipe: none.pipe}}"), "routes.yaml:8:14: error: source '/y': cannot open "),
    // What others have is theirs again.
    Wrong(
      with(sources: "c: {exec: [./missing], into: g}", listen: ", \"unix:taken.sock\""),
      "routes.yaml:5:3: error: source 'c': missing cannot be started"),
    // All of it is told, and what could be had is given up.
    Wrong(
      with(
        sources: "a: {pipe: new.pipe, create: true, into: g}\n  b: {unix_listen: new.sock, into: g}\n"
          + "  c: {exec: [./missing], into: g}", listen: ", \"unix:other.sock\", \"ADDRESS\""),
      "cannot listen on ADDRESS", "routes.yaml:7:3: error: source 'c': missing cannot be started"),
  ]

  private func serve() async throws -> (rig: ReloadRig, taken: [any Channel], address: String) {
    let folder = try TemporaryFolder()
    let address = "\(OwnAddress.host()):9102"
    let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
    let taken = [
      try await bootstrap.bind(host: String(address.dropLast(5)), port: 9102).get(),
      try await bootstrap.bind(unixDomainSocketPath: folder("taken.sock")).get(),
    ]
    try folder.write("plain", "plain")
    try FileManager.default.createDirectory(atPath: folder("folder"), withIntermediateDirectories: false)
    return (try await ReloadRig.serve(Self.good, in: folder), taken, address)
  }

  /// Everything of a server that a reload could have changed.
  private struct Footprint: Equatable {
    var descriptors: Int
    var children: Set<Int32>
    var files: [String]
    var sockets: [UInt64?]
    var report: ServerReport

    init(_ rig: ReloadRig) async throws {
      report = try await rig.report()
      report.uptime = 0
      report.lastRefusal = nil
      for index in report.sources.indices { report.sources[index].messages = 0 }
      for index in report.groups.indices { report.groups[index].messages = 0 }
      // What a reload has opened is closed on other threads, and the connection of the last command is on its way out.
      children = rig.children
      descriptors = rig.descriptors
      files = rig.files
      sockets = ["own.sock", "taken.sock"].map { rig.inode($0) }
    }
  }

  /// Reloads that are refused, one after the other, on a server that has a subscriber.
  private func refuse(_ wrongs: [Wrong]) async throws {
    let (rig, taken, address) = try await serve()
    let client = try await TestClient.get("/x", port: rig.sluice.port)
    try await client.wait(for: "the stream") { $0.status == 200 && $0.lines.count > 1 }
    let before = try await Footprint(rig)
    #expect(before.children.count == 1)
    for wrong in wrongs {
      let result = try await rig.reload(wrong.text.replacing("ADDRESS", with: address))
      #expect(result.status == 1, "\(wrong.text)")
      #expect(result.output.isEmpty)
      for error in wrong.errors {
        let error = error.replacing("ADDRESS", with: address)
        #expect(result.errors.contains(error), "\(error) is missing in \(result.errors)")
      }
      #expect(try await rig.report().lastRefusal.map { $0.hasSuffix("\n") ? $0 : $0 + "\n" } == result.errors)
      var after = try await Footprint(rig)
      try? await eventually("the same as before", within: .seconds(10)) {
        if after != before { after = try await Footprint(rig) }
        return after == before
      }
      #expect(after == before, "\(wrong.text)")
    }
    try await goesOn(rig, client)
    for channel in taken { try await channel.close().get() }
    try await rig.stop()
  }

  /// The subscriber has missed nothing, and the next right reload is as if there had been no other.
  private func goesOn(_ rig: ReloadRig, _ client: TestClient) async throws {
    let seen = client.response?.lines.count ?? 0
    let lines = try await client.wait(for: "more") { $0.lines.count > seen + 1 }.lines
    let numbers = lines.compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }
    #expect(numbers == Array(numbers[0]..<(numbers[0] + numbers.count)))
    let right = try await rig.receipt(Self.with(routes: "/y: {from: ticks}"))
    #expect(right.hasPrefix("reload 2 took effect: routes +1 =2, sources =2; 1 connection kept, 0 moved, 0 closed\n"))
    #expect(try await rig.report().lastRefusal == nil)
    #expect(try await rig.status(of: "/y") == 200)
  }

  @Test func `a configuration with a mistake is refused with its place, and nothing of the server changes`()
    async throws
  {
    try await refuse(Self.mistakes)
  }

  @Test func `a configuration that the system cannot give is refused, and nothing is left of what it could`()
    async throws
  {
    try await refuse(Self.obstacles)
  }

  @Test func `files that cannot be read, folders without files, and names in two files are refused`() async throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: folder("routes"), withIntermediateDirectories: true)
    try folder.write("routes/a.yaml", "server: {listen: \"127.0.0.1:0\"}\nroutes: {/x: {from: {interval: 1h}}}\n")
    let rig = ReloadRig(sluice: try await SluiceProcess.serve(["routes"], in: folder))
    func refused(_ words: String) async throws {
      let result = try await rig.sluice.run(["reload"])
      #expect(result.status == 1)
      #expect(result.errors.contains(words), "\(words) is missing in \(result.errors)")
      #expect(try await rig.report().generation == 1)
      #expect(try await rig.status(of: "/x") == 200)
    }
    try folder.write("routes/b.yaml", "routes: {/x: {from: {interval: 1h}}}\n")
    try await refused("b.yaml:1:10: error: ")
    try folder.write("routes/b.yaml", "server: {listen: \"127.0.0.1:0\"}\n")
    try await refused("b.yaml:1:")
    unlink(folder("routes/b.yaml"))
    // What root cannot read, either.
    symlink("b.yaml", folder("routes/b.yaml"))
    try await refused("cannot read ")
    unlink(folder("routes/b.yaml"))
    try FileManager.default.createDirectory(atPath: folder("routes/b.yaml"), withIntermediateDirectories: false)
    try await refused("b.yaml is a folder")
    try FileManager.default.removeItem(atPath: folder("routes/b.yaml"))
    rename(folder("routes/a.yaml"), folder("a"))
    try await refused("has no *.yaml or *.yml file")
    try FileManager.default.removeItem(atPath: folder("routes"))
    try await refused("cannot read ")
    try FileManager.default.createDirectory(atPath: folder("routes"), withIntermediateDirectories: true)
    rename(folder("a"), folder("routes/a.yaml"))
    #expect(try await rig.sluice.run(["reload"]).output == "nothing has changed; generation 1 stays in force\n")
    #expect(try await rig.report().lastRefusal == nil)
    try await rig.stop()
  }

  @Test func `addresses beyond what the system lets the server open are refused, and the next reload works`()
    async throws
  {
    func text(_ listeners: Int) -> String {
      let host = OwnAddress.host()
      let more = (0..<listeners).map { ", \"\(host):\(9200 + $0)\"" }.joined()
      return "server: {listen: [\"127.0.0.1:0\"\(more)]}\nroutes: {/x: {from: {interval: 1h}}}\n"
    }
    let rig = try await ReloadRig.serve(text(0), descriptors: 96)
    let client = try await TestClient.get("/x", port: rig.sluice.port)
    try await client.wait(for: "an answer") { $0.status == 200 }
    let before = rig.descriptors
    let result = try await rig.reload(text(100))
    #expect(result.status == 1)
    #expect(result.errors.contains("Too many open files"), "\(result.errors)")
    try await eventually("nothing to be left open") { rig.descriptors == before }
    #expect(try await rig.report().generation == 1)
    #expect(!client.isClosed)
    #expect(try await rig.receipt(text(3)).hasPrefix("reload 2 took effect: routes =1, listeners +3 =1; 1 connection "))
    try await rig.stop()
  }
}
