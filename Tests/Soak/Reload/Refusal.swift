import Glibc
import TestSupport

/// A configuration that must be refused.
struct Refusal {
  let name: String
  /// Changes the files; what it changes beside the server's own file, `undo` puts back.
  let spoil: (Stage, RouteFile) throws -> Void
  /// What the diagnostics must tell.
  let words: [String]
  var undo: (Stage) throws -> Void = { _ in }

  /// Its file has something wrong in it.
  static func edit(_ name: String, _ words: String..., by edit: @escaping (inout RouteFile) -> Void) -> Refusal {
    Refusal(
      name: name,
      spoil: { stage, file in
        var file = file
        edit(&file)
        try stage.put(file.text)
      }, words: words)
  }

  /// Its text is wrong.
  static func text(_ name: String, _ words: String..., by edit: @escaping (String) -> String) -> Refusal {
    Refusal(name: name, spoil: { try $0.put(edit($1.text)) }, words: words)
  }
}

/// What the files of refusals name.
struct Obstacles {
  /// A port that somebody else listens at.
  let port: Int
  /// A folder with a regular file `file`, one `program` that cannot be executed, and no folder `missing`.
  let folder: TemporaryFolder
  private let descriptor: CInt

  init() throws {
    descriptor = Sockets.listen()
    port = Int(Sockets.port(of: descriptor))
    folder = try TemporaryFolder()
    try folder.write("file", "not a pipe, not a socket, not a folder\n")
  }

  func end() { close(descriptor) }
}
