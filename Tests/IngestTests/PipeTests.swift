import ConfigText
import Descriptors
import Testing

@testable import Ingest

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

struct PipeTests {
  private func pipe(_ rig: Rig, create: Bool = true) -> PipeSource {
    PipeSource(.path(ConfigPath(rig.path("in"))), create: create)
  }

  /// Opens the pipe to write, once somebody reads it.
  private func writer(_ rig: Rig) async throws -> CInt {
    var file: CInt = -1
    try await eventually("a reader") {
      file = open(rig.path("in"), O_WRONLY | O_NONBLOCK)
      return file >= 0
    }
    return file
  }

  @Test func `a pipe is made and read across writers, each ending its last line`() async throws {
    let rig = Rig()
    try await rig.run(pipe(rig)) { source in
      var expected: [String] = []
      for round in 0..<5 {
        let file = try await writer(rig)
        writeAll(Array("a\(round)\nrest\(round)".utf8), to: file)
        close(file)
        expected += ["a\(round)", "rest\(round)"]
        try await rig.untilMessages(expected)
        #expect(source.state == .running)
      }
      var status = stat()
      #expect(stat(rig.path("in"), &status) == 0 && status.st_mode & 0o777 == 0o600)
    }
  }

  @Test func `nothing is lost between writers that follow each other at once`() async throws {
    let rig = Rig()
    try await rig.run(pipe(rig)) { _ in
      close(try await writer(rig))
      for number in 0..<300 { write("\(number)\n", to: rig.path("in"), append: true) }
      try await rig.untilMessages((0..<300).map { "\($0)" })
    }
  }

  @Test func `a writer that says nothing for a while is waited for`() async throws {
    let rig = Rig()
    try await rig.run(pipe(rig)) { _ in
      let file = try await writer(rig)
      writeAll(Array("one\n".utf8), to: file)
      try await rig.untilMessages(["one"])
      writeAll(Array("tw".utf8), to: file)
      writeAll(Array("o\n".utf8), to: file)
      try await rig.untilMessages(["one", "two"])
      close(file)
    }
  }

  @Test func `stopping does not wait for a writer`() async throws {
    let rig = Rig()
    try await rig.run(pipe(rig)) { source in
      let file = try await writer(rig)
      writeAll(Array("one\n".utf8), to: file)
      try await rig.untilMessages(["one"])
      await source.stop()
      close(file)
    }
  }

  @Test func `a missing pipe is tried again, a file is refused`() async throws {
    let rig = Rig()
    try await rig.run(pipe(rig, create: false)) { _ in
      try await rig.untilLogged("cannot open \(rig.path("in")): No such file or directory")
      write("text\n", to: rig.path("in"))
      try await rig.untilLogged("cannot open \(rig.path("in")): it is not a named pipe")
      #expect(rig.messages.isEmpty)
    }
  }
}

/// What `pipe: "-"` does, with other files in standard input's place.
struct InputStreamTests {
  private func read(_ descriptor: CInt, into rig: Rig) async throws -> String {
    let outlet = Outlet(source: "ticks", logger: rig.log.logger)
    outlet.setSinks([rig.group])
    return try await InputStream(Descriptor(owning: descriptor), name: "standard input")
      .run(into: outlet, settings: SourceSettings(), context: rig.context)
  }

  @Test func `a pipe is read until its writers have closed it`() async throws {
    let rig = Rig()
    var ends: [CInt] = [0, 0]
    #expect(Glue.pipe(&ends) == 0)
    writeAll(Array("one\ntwo\nrest".utf8), to: ends[1])
    close(ends[1])
    #expect(try await read(ends[0], into: rig) == "standard input has ended")
    #expect(rig.messages == ["one", "two", "rest"])
  }

  @Test func `a regular file is read to its end`() async throws {
    let rig = Rig()
    let lines = (0..<50_000).map { "line \($0)" }
    write(lines.joined(separator: "\n"), to: rig.path("f"))
    #expect(try await read(open(rig.path("f"), O_RDONLY), into: rig) == "standard input has ended")
    #expect(rig.messages == lines)
  }

  @Test func `nothing at all ends at once`() async throws {
    let rig = Rig()
    #expect(try await read(open("/dev/null", O_RDONLY), into: rig) == "standard input has ended")
    #expect(rig.messages.isEmpty)
  }
}

private enum Glue {
  static func pipe(_ ends: inout [CInt]) -> CInt {
    #if canImport(Glibc)
      Glibc.pipe(&ends)
    #elseif canImport(Musl)
      Musl.pipe(&ends)
    #else
      Darwin.pipe(&ends)
    #endif
  }
}
