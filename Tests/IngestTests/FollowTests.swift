import ConfigText
import Testing

@testable import Ingest

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

struct FollowTests {
  private func follow(_ rig: Rig, from start: FileSource.Start? = nil) -> FileSource {
    var source = FileSource(ConfigPath(rig.path("log")), mode: .follow)
    source.from = start
    return source
  }

  private func append(_ text: String, _ rig: Rig) { write(text, to: rig.path("log"), append: true) }

  @Test func `an existing file is followed from its end`() async throws {
    let rig = Rig()
    append("old\n", rig)
    try await rig.run(follow(rig)) { source in
      try await eventually("running") { source.state == .running }
      append("new\n", rig)
      try await rig.untilMessages(["new"])
    }
  }

  @Test func `or from its start`() async throws {
    let rig = Rig()
    append("old\n", rig)
    try await rig.run(follow(rig, from: .start)) { _ in
      try await rig.untilMessages(["old"])
      append("new\n", rig)
      try await rig.untilMessages(["old", "new"])
    }
  }

  @Test func `a file that appears later is read from its start`() async throws {
    let rig = Rig()
    try await rig.run(follow(rig)) { source in
      try await rig.untilLogged("waits for missing \(rig.path("log"))")
      #expect(source.state == .starting)
      append("first\n", rig)
      try await rig.untilMessages(["first"])
      #expect(source.state == .running)
    }
  }

  @Test func `a half-written line waits for its rest`() async throws {
    let rig = Rig()
    append("", rig)
    try await rig.run(follow(rig, from: .start)) { source in
      append("one\nha", rig)
      try await rig.untilMessages(["one"])
      try await Task.sleep(for: .milliseconds(250))
      #expect(rig.messages == ["one"])
      append("lf\n", rig)
      try await rig.untilMessages(["one", "half"])
    }
  }

  @Test func `after a rotation by rename the old file is read to its end, then the new one`() async throws {
    let rig = Rig()
    append("one\n", rig)
    try await rig.run(follow(rig, from: .start)) { _ in
      try await rig.untilMessages(["one"])
      rename(rig.path("log"), rig.path("log.1"))
      append("new\n", rig)
      // The writer has the old file open still.
      write("late\n", to: rig.path("log.1"), append: true)
      try await rig.untilMessages(["one", "late", "new"])
      append("more\n", rig)
      try await rig.untilMessages(["one", "late", "new", "more"])
    }
  }

  @Test func `the old file is looked at once more after the new one has its name`() throws {
    let rig = Rig()
    append("one\n", rig)
    var follower = FileFollower(path: rig.path("log"), fromStart: true)
    #expect(try follower.next() == .atEnd)
    #expect(try follower.next() == .bytes(Array("one\n".utf8)))
    rename(rig.path("log"), rig.path("log.1"))
    #expect(try follower.next() == .atEnd)
    append("new\n", rig)
    #expect(try follower.next() == .atEnd)
    write("late\n", to: rig.path("log.1"), append: true)
    #expect(try follower.next() == .bytes(Array("late\n".utf8)))
    #expect(try follower.next() == .atEnd)
    #expect(try follower.next() == .ended)
    #expect(try follower.next() == .atEnd)
    #expect(try follower.next() == .bytes(Array("new\n".utf8)))
  }

  @Test func `a file that was copied and cut is read from its start again`() async throws {
    let rig = Rig()
    append("one\ntwo\n", rig)
    try await rig.run(follow(rig, from: .start)) { _ in
      try await rig.untilMessages(["one", "two"])
      write("new\n", to: rig.path("log"))
      try await rig.untilMessages(["one", "two", "new"])
    }
  }

  @Test func `a file that was removed and made again is read from its start`() async throws {
    let rig = Rig()
    append("one\n", rig)
    try await rig.run(follow(rig, from: .start)) { _ in
      try await rig.untilMessages(["one"])
      unlink(rig.path("log"))
      try await Task.sleep(for: .milliseconds(250))
      append("two\n", rig)
      try await rig.untilMessages(["one", "two"])
    }
  }

  @Test func `a folder is a failure`() async throws {
    let rig = Rig()
    try await rig.run(FileSource(ConfigPath(rig.folder), mode: .follow)) { _ in
      try await rig.untilLogged("cannot read \(rig.folder): Is a directory")
    }
  }
}
