import Glibc

/// A server in a process of its own, fed through its standard input.
final class Server {
  let port: UInt16
  private let process: pid_t
  private let input: CInt
  private let output: CInt

  /// Starts it: the bare one, or the `sluice` that was built beside this program.
  init(_ kind: Trial.Kind) throws {
    let own = Server.ownPath
    let folder = own.lastIndex(of: "/").map { String(own[..<$0]) } ?? "."
    let arguments =
      kind == .bare
      ? [own, "--bare-server"] : [folder + "/sluice", "pipe", "/x", "--listen", "127.0.0.1:0", "--history", "0"]
    var (toChild, fromChild): ([CInt], [CInt]) = ([0, 0], [0, 0])
    guard pipe(&toChild) == 0, pipe(&fromChild) == 0 else { throw Trial.Failure(description: "no pipe") }
    for descriptor in toChild + fromChild { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawn_file_actions_adddup2(&actions, toChild[0], 0)
    posix_spawn_file_actions_adddup2(&actions, fromChild[1], kind == .bare ? 1 : 2)
    var pid: pid_t = 0
    let words = arguments.map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    let result = posix_spawn(&pid, arguments[0], &actions, nil, words, environ)
    close(toChild[0])
    close(fromChild[1])
    guard result == 0 else {
      throw Trial.Failure(description: "cannot start \(arguments[0]): \(String(cString: strerror(result)))")
    }
    process = pid
    input = toChild[1]
    output = fromChild[0]
    port = try Server.readPort(fromChild[0])
  }

  private static var ownPath: String {
    var path = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &path, 4095)
    return String(decoding: path.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// The bare server says its port; sluice says `listening on 127.0.0.1:PORT: …`.
  private static func readPort(_ descriptor: CInt) throws -> UInt16 {
    var text = ""
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      guard count > 0 else { throw Trial.Failure(description: "the server ended: \(text)") }
      text += String(decoding: buffer.prefix(count), as: UTF8.self)
      guard text.hasSuffix("\n") else { continue }
      if let port = UInt16(text.dropLast()) { return port }
      if let found = text.firstMatch(of: /listening on 127\.0\.0\.1:([0-9]+)/) { return UInt16(found.1) ?? 0 }
    }
  }

  func write(_ bytes: [UInt8]) { _ = Glibc.write(input, bytes, bytes.count) }

  /// User and system time so far; the kernel's ticks are hundredths of a second.
  var cpuMicroseconds: Int {
    let fields = statistics("stat").split(separator: ")").last?.split(separator: " ") ?? []
    guard fields.count > 12, let user = Int(fields[11]), let system = Int(fields[12]) else { return 0 }
    return (user + system) * 1_000_000 / sysconf(Int32(_SC_CLK_TCK))
  }

  var residentBytes: Int {
    let fields = statistics("statm").split(separator: " ")
    return fields.count > 1 ? (Int(fields[1]) ?? 0) * sysconf(Int32(_SC_PAGESIZE)) : 0
  }

  private func statistics(_ name: String) -> String {
    let descriptor = open("/proc/\(process)/\(name)", O_RDONLY)
    defer { close(descriptor) }
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = read(descriptor, &buffer, buffer.count)
    return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
  }

  func stop() {
    close(input)
    close(output)
    kill(process, SIGKILL)
    waitpid(process, nil, 0)
  }
}
