import ConfigText
import Processes
import Testing

@testable import Ingest

struct SourceSpecTests {
  private func kind<Kind: SourceKind>(_ yaml: String, as _: Kind.Type) throws -> Kind {
    let decoded = decodeSource(yaml)
    #expect(decoded.problems == [])
    return try #require(decoded.spec?.kind as? Kind)
  }

  @Test func `a program's path is taken from the folder of the file, a name from PATH`() throws {
    let near = try kind("exec: [../bin/feed, -v]", as: ExecSource.self)
    #expect(near.command == .program(.path(ConfigPath("conf/../bin/feed")), ["-v"]))
    #expect(near.folder == ConfigPath("conf/"))
    #expect(try kind("exec: [feed]", as: ExecSource.self).command == .program(.name("feed"), []))
    #expect(try kind("exec: 'a | b'", as: ExecSource.self).command == .shell("a | b"))
  }

  @Test func `all keys of a source are read`() throws {
    let yaml = """
      exec: [feed]
      restart: on_failure
      cwd: sub
      env: {A: b}
      user: nobody
      framing: {length_prefixed: {bytes: 2, endian: little}}
      max_message: 64KiB
      into: "x.{.y}"
      on_demand: {linger: 5s}
      stale_after: 10s
      """
    let spec = try #require(decodeSource(yaml).spec)
    #expect(decodeSource(yaml).problems == [])
    let exec = try #require(spec.kind as? ExecSource)
    #expect(exec.restart == .onFailure)
    #expect(exec.cwd == ConfigPath("conf/sub"))
    #expect(exec.env == ["A": "b"])
    #expect(exec.user == "nobody")
    #expect(spec.settings.framing == .lengthPrefixed(LengthPrefix(bytes: 2, endian: .little)))
    #expect(spec.settings.maxMessage == ByteCount(bytes: 65_536))
    #expect(spec.settings.into?.value.pattern == "x.*")
    #expect(spec.settings.onDemand == OnDemand(linger: .seconds(5)))
    #expect(spec.settings.staleAfter == .seconds(10))
  }

  @Test(arguments: [
    ("true", OnDemand()), ("{}", OnDemand()), ("false", nil), ("{linger: 1s}", OnDemand(linger: .seconds(1))),
  ])
  func `on_demand is a mapping or a word`(text: String, expected: OnDemand?) {
    let decoded = decodeSource("{interval: 1s, on_demand: \(text)}")
    #expect(decoded.problems == [])
    #expect(decoded.spec?.settings.onDemand == expected)
  }

  @Test(arguments: [
    ("lines", Framing.lines), ("chunks", .chunks), ("netstring", .netstring), ("sse", .sse),
    ("{delimiter: \"\\0\"}", .delimiter([0])), ("{delimiter: \"<>\"}", .delimiter([60, 62])),
    ("{length_prefixed: {}}", .lengthPrefixed(LengthPrefix(bytes: 4, endian: .big))),
  ])
  func `every framing is read`(text: String, framing: Framing) {
    let decoded = decodeSource("{pipe: in, framing: \(text)}")
    #expect(decoded.problems == [])
    #expect(decoded.spec?.settings.framing == framing)
  }

  @Test(arguments: [
    ("interval: 1s", "max_message: 5"), ("group: g", "framing: lines"), ("{file: f, mode: each", "into: g}"),
  ])
  func `a shared key that means nothing to the kind is an error`(kind: String, key: String) {
    let text = kind.hasPrefix("{") ? "\(kind), \(key)" : "{\(kind), \(key)}"
    let name = key.prefix { $0 != ":" }
    #expect(decodeSource(text).problems == ["'\(name)' has no meaning in source 'ticks'"])
  }

  @Test func `every kind is read`() throws {
    #expect(
      try kind("{pipe: in, create: true}", as: PipeSource.self)
        == PipeSource(.path(ConfigPath("conf/in")), create: true))
    #expect(try kind("pipe: '-'", as: PipeSource.self).input == .standardInput)
    #expect(try kind("file: a.log", as: FileSource.self) == FileSource(ConfigPath("conf/a.log"), mode: .follow))
    #expect(
      try kind("{file: a, mode: replay, rate: 20/s, loop: true}", as: FileSource.self).rate
        == Rate(count: 20, per: .seconds(1)))
    #expect(
      try kind("{file: a, mode: replay, speed: {field: t, factor: 10}}", as: FileSource.self).speed
        == ReplaySpeed(field: "t", factor: 10))
    #expect(try kind("tcp: 'h:1'", as: TCPSource.self).address == HostPort(host: "h", port: 1))
    #expect(try kind("{tcp_listen: ':1', connections: 3}", as: TCPListenSource.self).connections == 3)
    #expect(try kind("unix: s", as: UnixSource.self).path == ConfigPath("conf/s"))
    #expect(try kind("unix_listen: s", as: UnixListenSource.self).path == ConfigPath("conf/s"))
    #expect(try kind("interval: 250ms", as: IntervalSource.self) == IntervalSource(every: .milliseconds(250)))
    #expect(try kind("group: chat", as: GroupSource.self) == GroupSource(name: "chat"))
  }

  @Test func `equal texts are equal sources, a changed key is a change`() {
    func spec(_ yaml: String) -> SourceSpec? { decodeSource(yaml).spec }
    #expect(spec("exec: [a]") == spec("\n\nexec:   ['a']"))
    #expect(spec("exec: [a]") != spec("exec: [b]"))
    #expect(spec("exec: [a]") != spec("{exec: [a], max_message: 1KiB}"))
    #expect(spec("exec: [a]") != spec("interval: 1s"))
  }

  @Test(arguments: [
    (
      "framing: lines",
      "source 'ticks' needs one of exec, pipe, file, tcp, tcp_listen, unix, unix_listen, group or interval"
    ),
    ("{exec: [a], pipe: b}", "source 'ticks' has both 'exec' and 'pipe'; a source is of one kind"),
    ("exce: [a]", "unknown key 'exce' in source 'ticks'; did you mean 'exec'?"),
    ("{exec: [a], restrat: never}", "unknown key 'restrat' in source 'ticks'; did you mean 'restart'?"),
    ("{exec: [a], framming: lines}", "unknown key 'framming' in source 'ticks'; did you mean 'framing'?"),
    ("{tcp: 'a:1', tls: true}", "unknown key 'tls' in source 'ticks'"),
    ("{tcp: 'a:1', colour: red}", "unknown key 'colour' in source 'ticks'"),
    ("exec: []", "'exec' needs a program"),
    ("exec: ''", "'exec' is empty"),
    ("exec:", "'exec' has no value"),
    ("{exec: [a], env: {'A=B': c}}", "'A=B' cannot be the name of a variable"),
    ("{pipe: '-', create: true}", "'create' has no meaning for standard input"),
    ("{file: a, rate: 1/s}", "'rate' has a meaning only with 'mode: replay'"),
    ("{file: a, mode: each, from: end}", "'from' has a meaning only with 'mode: follow'"),
    (
      "{file: a, mode: replay, rate: 1/s, speed: {field: t}}", "'rate' and 'speed' contradict each other; leave one out"
    ),
    ("{file: a, mode: replay, speed: {factor: 2}}", "speed needs 'field'"),
    ("tcp: ':1'", "'tcp' needs a host and a port to connect to"),
    ("{tcp_listen: ':1', connections: 0}", "'connections' is at least 1"),
    ("interval: 0", "the shortest interval is 1ms"),
    ("{interval: 1s, max_message: 0}", "'max_message' is from 1 to 256MiB"),
    ("{interval: 1s, stale_after: 0}", "'stale_after' must be more than zero"),
    ("{interval: 1s, framing: {delimiter: ''}}", "a delimiter has 1 to 64 bytes"),
    ("{interval: 1s, framing: {length_prefixed: {bytes: 3}}}", "a length has 1, 2, 4 or 8 bytes"),
    ("{interval: 1s, framing: {delimitter: x}}", "unknown key 'delimitter' in framing; did you mean 'delimiter'?"),
  ])
  func `what is wrong is reported, once`(yaml: String, problem: String) {
    let decoded = decodeSource(yaml)
    #expect(decoded.spec == nil)
    #expect(decoded.problems == [problem])
  }
}
