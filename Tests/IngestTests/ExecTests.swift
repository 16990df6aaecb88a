import ConfigText
import Processes
import Streams
import Testing

@testable import Ingest

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

struct ExecTests {
  private func shell(_ text: String, restart: ExecSource.Restart = .always, in rig: Rig) -> ExecSource {
    ExecSource(.shell(text), restart: restart, cwd: ConfigPath(rig.folder))
  }

  private func process(_ text: String?) -> pid_t { text.flatMap { pid_t($0) } ?? 0 }

  @Test func `each line of standard output is a message`() async throws {
    let rig = Rig()
    try await rig.run(ExecSource(.program(.name("printf"), ["a\\nb\\nc"]), restart: .never)) { source in
      try await rig.untilMessages(["a", "b", "c"])
      try await eventually("stopped") { source.state == .stopped }
      #expect(source.outlet.health.reason == "printf exited with status 0")
      #expect(source.outlet.counters.messages == 3)
      #expect(source.outlet.counters.bytes == 3)
    }
  }

  @Test func `a process that is killed is started again, and the log says why`() async throws {
    let rig = Rig()
    try await rig.run(shell("echo $$; exec sleep 100", in: rig)) { source in
      try await eventually("first") { rig.messages.count == 1 }
      kill(process(rig.messages[0]), SIGKILL)
      try await eventually("second") { rig.messages.count == 2 }
      #expect(rig.messages[0] != rig.messages[1])
      try await rig.untilLogged("source 'ticks': echo was killed by SIGKILL; starting it again in ")
      #expect(source.outlet.counters.failures == 1)
      try await eventually("running") { source.state == .running }
    }
  }

  @Test func `stopping ends the process and its grandchildren`() async throws {
    let rig = Rig()
    try await rig.run(shell("sleep 100 & echo $!; echo $$; wait", in: rig)) { source in
      try await eventually("both") { rig.messages.count == 2 }
      let processes = rig.messages.map { process($0) }
      #expect(processes.allSatisfy { isAlive($0) })
      await source.stop()
      #expect(processes.allSatisfy { !isAlive($0) })
      #expect(source.state == .stopped)
    }
  }

  @Test func `a grandchild that ignores SIGTERM goes with its parent`() async throws {
    let rig = Rig()
    let text = "sh -c 'trap \"\" TERM; echo $$; while :; do sleep 0.1; done' & echo $$; wait"
    try await rig.run(shell(text, in: rig)) { source in
      try await eventually("both") { rig.messages.count == 2 }
      let processes = rig.messages.map { process($0) }
      await source.stop()
      try await eventually("all gone") { processes.allSatisfy { !isAlive($0) } }
    }
  }

  @Test func `a process that ignores SIGTERM is killed after the grace`() async throws {
    let rig = Rig()
    try await rig.run(shell("trap '' TERM; echo $$; while :; do sleep 0.1; done", in: rig)) { source in
      try await eventually("started") { rig.messages.count == 1 }
      let began = ContinuousClock.now
      await source.stop()
      #expect(ContinuousClock.now - began < .seconds(60))
      #expect(!isAlive(process(rig.messages[0])))
    }
  }

  @Test func `a grandchild that keeps standard output does not hold up the restart`() async throws {
    let rig = Rig()
    try await rig.run(shell("sleep 100 & echo $!", in: rig)) { _ in
      try await eventually("twice") { rig.messages.count >= 2 }
      let first = process(rig.messages[0])
      try await eventually("the grandchild is gone") { !isAlive(first) }
    }
  }

  @Test func `a grandchild that never stops writing does not hold up the end`() async throws {
    let rig = Rig()
    try await rig.run(shell("yes & echo $! > pid", restart: .never, in: rig)) { source in
      try await eventually("the end") { source.state == .stopped && source.outlet.counters.messages > 0 }
      #expect(source.outlet.health.reason == "yes exited with status 0")
    }
  }

  @Test func `a process that has closed its outputs is waited for`() async throws {
    let rig = Rig()
    try await rig.run(shell("echo $$; exec >&- 2>&-; exec sleep 100", in: rig)) { source in
      try await eventually("started") { rig.messages.count == 1 }
      let first = process(rig.messages[0])
      // Long enough for a supervisor that takes the end of the output for the end of the process.
      for _ in 0..<20 {
        try await Task.sleep(for: .milliseconds(10))
        #expect(source.state == .running)
      }
      #expect(isAlive(first))
      kill(first, SIGTERM)
      try await rig.untilLogged("was killed by SIGTERM")
      try await eventually("started again") { rig.messages.count == 2 }
    }
  }

  @Test func `all that was written before the exit is read`() async throws {
    let rig = Rig()
    try await rig.run(shell("seq 100000", restart: .never, in: rig)) { source in
      try await eventually("stopped") { source.state == .stopped && source.outlet.counters.messages > 0 }
      #expect(rig.messages.count == 100_000)
      #expect(rig.messages.last == "100000")
    }
  }

  @Test func `restart on failure ends with success`() async throws {
    let rig = Rig()
    let text = "echo run; test -e done || { touch done; exit 3; }"
    try await rig.run(shell(text, restart: .onFailure, in: rig)) { source in
      try await eventually("stopped") { source.state == .stopped && rig.messages.count == 2 }
      try await rig.untilLogged("exited with status 3; starting it again in ")
      #expect(source.outlet.health.reason.hasSuffix("exited with status 0"))
    }
  }

  @Test func `restart never ends with failure, too`() async throws {
    let rig = Rig()
    try await rig.run(shell("exit 7", restart: .never, in: rig)) { source in
      try await rig.untilLogged("exit exited with status 7")
      #expect(source.state == .stopped)
      #expect(source.outlet.counters.failures == 0)
    }
  }

  @Test func `restart always goes on after success`() async throws {
    let rig = Rig()
    try await rig.run(shell("echo run", in: rig)) { _ in
      try await eventually("three runs") { rig.messages.count >= 3 }
    }
  }

  @Test func `standard error goes to the log line by line`() async throws {
    let rig = Rig()
    try await rig.run(shell("printf 'one\\n\\033[31mtwo\\nrest' >&2", restart: .never, in: rig)) { _ in
      try await rig.untilLogged("source 'ticks' says: rest")
      #expect(rig.log.lines.contains("notice: source 'ticks' says: one"))
      #expect(rig.log.lines.contains("notice: source 'ticks' says: \\u{1b}[31mtwo"))
      #expect(rig.messages.isEmpty)
    }
  }

  @Test func `much on standard error is counted, not logged`() async throws {
    let rig = Rig()
    try await rig.run(shell("seq 5000 >&2", restart: .never, in: rig)) { _ in
      try await rig.untilLogged("more lines of its standard error are not shown")
      #expect(rig.log.lines.filter { $0.contains("says:") }.count <= 1000)
    }
  }

  @Test func `a program that is missing is a failure that is tried again`() async throws {
    let rig = Rig()
    let program = ProcessCommand.Program.path(ConfigPath(rig.path("feed")))
    try await rig.run(ExecSource(.program(program, []), cwd: ConfigPath(rig.folder))) { source in
      try await rig.untilLogged("feed cannot be started")
      #expect(source.state == .starting)
      write("#!/bin/sh\necho here\nexec sleep 100\n", to: rig.path("feed"))
      chmod(rig.path("feed"), 0o755)
      try await rig.untilMessages(["here"])
    }
  }

  @Test func `the process has the environment, the folder, and nothing to read`() async throws {
    let rig = Rig()
    let source = ExecSource(
      .shell("echo $SLUICE_TEST; pwd; test -n \"$PATH\" && echo path; cat; exec sleep 100"),
      cwd: ConfigPath(rig.folder),
      env: ["SLUICE_TEST": "yes"])
    try await rig.run(source) { _ in try await rig.untilMessages(["yes", rig.folder, "path"]) }
  }

  @Test func `a user that does not exist is a failure`() async throws {
    let rig = Rig()
    var source = shell("echo", in: rig)
    source.user = "nobody-of-that-name"
    try await rig.run(source) { _ in try await rig.untilLogged("there is no user 'nobody-of-that-name'") }
  }

  @Test(.enabled(if: geteuid() == 0)) func `a user is who the process runs as`() async throws {
    let rig = Rig()
    chmod(rig.folder, 0o755)
    var source = shell("id -un; ps -o pgid= -p $$ | tr -d ' ' | grep -qx $$ && echo leads; exec sleep 100", in: rig)
    source.user = "nobody"
    try await rig.run(source) { _ in try await rig.untilMessages(["nobody", "leads"]) }
  }

  @Test func `output that is not of the framing ends the process`() async throws {
    let rig = Rig()
    var settings = SourceSettings()
    settings.framing = .netstring
    try await rig.run(shell("echo $$ > pid; printf '1:a,hello'; exec sleep 100", in: rig), settings: settings) { _ in
      try await rig.untilLogged("a netstring does not start with its length; is the framing right?; starting it again")
      #expect(rig.messages.first == "a")
    }
  }

  @Test func `a message that is too long is dropped, counted and logged`() async throws {
    let rig = Rig()
    var settings = SourceSettings()
    settings.maxMessage = ByteCount(bytes: 3)
    try await rig.run(shell("echo abc; echo abcd; echo ab; exec sleep 100", in: rig), settings: settings) { source in
      try await rig.untilMessages(["abc", "ab"])
      #expect(source.outlet.counters.tooLong == 1)
      try await rig.untilLogged("dropped a message that was longer than max_message, 3 bytes")
    }
  }
}
