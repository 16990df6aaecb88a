import Glibc
import TestSupport

extension Refusals {
  static func cases(_ obstacles: Obstacles) -> [Refusal] {
    texts + meanings + sources(obstacles) + addresses(obstacles) + files(obstacles)
  }

  /// What the reader of the text finds.
  private static var texts: [Refusal] {
    [
      .text("bad YAML", "routes.yaml") { $0 + "  broken: [\n" },
      .text("a tab for indentation", "routes.yaml") { $0 + "\tx: 1\n" },
      .text("an anchor that is not there", "routes.yaml") { $0 + "tests: *nothing\n" },
      .text("an unknown key", "unknown key") { $0 + "rutes: {}\n" },
      .edit("a wrong type", "expected") { $0.routes["/feed"] = "{from: feed, keepalive: [soon]}" },
    ]
  }

  /// What does not fit together.
  private static var meanings: [Refusal] {
    [
      .edit("an unknown source", "nobody") { $0.routes["/x"] = "{from: nobody}" },
      .edit("an unknown chain", "nothing") { $0.setFilters("[nothing]") },
      .edit("colliding paths", "/x/{b}") {
        $0.routes["/x/{a}"] = "{from: feed}"
        $0.routes["/x/{b}"] = "{from: feed}"
      },
      .edit("a cycle of chains", "one") {
        $0.filters["one"] = "[two]"
        $0.filters["two"] = "[one]"
        $0.setFilters("[one]")
      },
      .edit("a bad expression", "where") { $0.setFilters("[{where: 'msg.n >'}]") },
      .edit("an expression of a wrong type", "routes.yaml") { $0.setFilters("[{where: '1 + 1'}]") },
    ]
  }

  /// What sources need and the system does not have.
  private static func sources(_ obstacles: Obstacles) -> [Refusal] {
    let missing = obstacles.folder("missing")
    func source(_ name: String, _ words: String, _ source: String) -> Refusal {
      .edit(name, words) {
        $0.sources["new"] = source
        $0.routes["/new"] = "{from: new}"
      }
    }
    return [
      source("a missing program of a source", missing, "{exec: [\"\(missing)\"]}"),
      source(
        "a program that cannot be executed", obstacles.folder("file"), "{exec: [\"\(obstacles.folder("file"))\"]}"),
      source("a missing folder of a source", missing, "{exec: [cat], cwd: \"\(missing)\"}"),
      source(
        "a folder of a source that is a file", obstacles.folder("file"),
        "{exec: [cat], cwd: \"\(obstacles.folder("file"))\"}"),
      source("an unknown user", "no-such-user", "{exec: [cat], user: no-such-user}"),
      source("a pipe that is a regular file", obstacles.folder("file"), "{pipe: \"\(obstacles.folder("file"))\"}"),
      source("a pipe in a missing folder", missing, "{pipe: \"\(missing)/pipe\", create: true}"),
      source("a feeders' port that is taken", "\(obstacles.port)", "{tcp_listen: \"127.0.0.1:\(obstacles.port)\"}"),
      source("a feeders' socket in a missing folder", missing, "{unix_listen: \"\(missing)/socket\"}"),
      source(
        "a feeders' socket with too long a path", "too long",
        "{unix_listen: \"/tmp/\(String(repeating: "x", count: 120))\"}"
      ),
      .edit("a missing program of a filter", missing) { $0.setFilters("[{exec: [\"\(missing)\"]}]") },
    ]
  }

  /// What listeners cannot have.
  private static func addresses(_ obstacles: Obstacles) -> [Refusal] {
    [
      .edit("a port that is taken", "\(obstacles.port)") { $0.listen.append("127.0.0.1:\(obstacles.port)") },
      .edit("an address of another machine", "192.0.2.1") { $0.listen.append("192.0.2.1:8080") },
      .edit("a socket in a missing folder", "missing") { $0.listen.append("unix:\(obstacles.folder("missing"))/s") },
      .edit("a socket at the path of a file", "file") { $0.listen.append("unix:\(obstacles.folder("file"))") },
      .edit("the last of several addresses is taken", "\(obstacles.port)") {
        $0.listen += ["127.0.0.1:0", "unix:\(obstacles.folder("socket"))", "127.0.0.1:\(obstacles.port)"]
      },
    ]
  }

  /// What is wrong with the files themselves.
  private static func files(_ obstacles: Obstacles) -> [Refusal] {
    func moved(_ name: String, _ what: String, _ words: String) -> Refusal {
      Refusal(
        name: what,
        spoil: { stage, _ in rename(stage.folder(name), stage.folder("away")) }, words: [words],
        undo: { stage in rename(stage.folder("away"), stage.folder(name)) })
    }
    return [
      moved(Stage.secondName, "a missing file", Stage.secondName),
      moved("routes", "a missing folder", "routes"),
      moved(Stage.name, "an empty folder", "routes"),
      Refusal(
        name: "a name that is there twice",
        spoil: { stage, _ in try stage.folder.write(Stage.secondName, "routes: {/feed: {from: feed}}\n") },
        words: ["/feed"], undo: { try $0.folder.write(Stage.secondName, "# Nothing yet.\n") }),
      Refusal(
        name: "bytes that are no text",
        spoil: { stage, _ in
          let bytes: [UInt8] = [0x23, 0xFF, 0xFE, 0x0A]
          let descriptor = open(stage.folder(Stage.secondName), O_WRONLY | O_TRUNC)
          _ = write(descriptor, bytes, bytes.count)
          close(descriptor)
        }, words: [Stage.secondName], undo: { try $0.folder.write(Stage.secondName, "# Nothing yet.\n") }),
    ]
  }
}
