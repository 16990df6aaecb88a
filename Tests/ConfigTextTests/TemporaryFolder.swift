#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A folder of its own for a test, removed with all its files at the end of the value's life.
struct TemporaryFolder: ~Copyable {
  let path: String
  private var made: [String] = []

  init() {
    var template = Array("/tmp/sluice-test-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { preconditionFailure("mkdtemp failed") }
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  deinit {
    for path in made.reversed() { _ = remove(path) }
    rmdir(path)
  }

  /// Writes a file and returns its path.
  mutating func makeFile(_ name: String, _ text: String) -> String {
    let file = add(name)
    let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      precondition(count > 0, "cannot write \(file)")
      bytes = bytes.dropFirst(count)
    }
    close(descriptor)
    return file
  }

  mutating func makeFolder(_ name: String) -> String {
    let folder = add(name)
    precondition(mkdir(folder, 0o755) == 0)
    return folder
  }

  mutating func makePipe(_ name: String) -> String {
    let pipe = add(name)
    precondition(mkfifo(pipe, 0o644) == 0)
    return pipe
  }

  mutating func makeLink(_ name: String, to target: String) -> String {
    let link = add(name)
    precondition(symlink(target, link) == 0)
    return link
  }

  private mutating func add(_ name: String) -> String {
    made.append("\(path)/\(name)")
    return "\(path)/\(name)"
  }
}

/// Whether permissions hold for this process at all.
var isSuperuser: Bool { geteuid() == 0 }

/// Takes all permissions from a path.
func forbid(_ path: String) { chmod(path, 0) }
