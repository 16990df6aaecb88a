import Descriptors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The names, folder by folder, that lead to a configuration: of its files and folders, of the folders above them, and of
/// what symbolic links on the way point to. What is missing is there by its name. A change of any of them can change
/// what is loaded; no other can.
///
/// ```
/// /srv/routes ─▶ "/": srv    "/srv": routes ─link─▶ v2/routes    "/srv": v2    "/srv/v2": routes    "/srv/v2/routes": *.yaml
/// ```
struct WatchedNames: Equatable, Sendable {
  struct Names: Equatable, Sendable {
    var names: Set<String> = []
    /// Route files may appear in it: their names count too, and so does what is written to them.
    var holdsFiles = false
    /// It is a folder of the configuration: all its route files count.
    var isWhole = false

    func contains(_ name: String) -> Bool { names.contains(name) || isWhole && WatchedNames.isRouteFile(name) }
  }

  /// By the folder's real path.
  private(set) var folders: [String: Names] = [:]

  /// As many symbolic links as the system follows.
  private static let maximumLinks = 40

  /// `paths`: absolute.
  init(paths: [String]) {
    for path in paths {
      guard let real = follow(path), Self.kind(real) == .folder else { continue }
      folders[real, default: Names()].isWhole = true
      folders[real]?.holdsFiles = true
      for name in Self.names(in: real) where Self.isRouteFile(name) { follow(Self.join(real, name)) }
    }
  }

  /// Names that a folder's files have.
  static func isRouteFile(_ name: String) -> Bool {
    !name.hasPrefix(".") && (name.hasSuffix(".yaml") || name.hasSuffix(".yml"))
  }

  /// Notes every name on the way. Returns the real path; `nil`: there is nothing.
  @discardableResult
  private mutating func follow(_ path: String) -> String? {
    var folder = "/"
    var links = 0
    var rest = Self.components(path)
    while !rest.isEmpty {
      let name = rest.removeFirst()
      if name == ".." {
        folder = Self.parent(of: folder)
        continue
      }
      folders[folder, default: Names()].names.insert(name)
      if rest.isEmpty { folders[folder]?.holdsFiles = true }
      let here = Self.join(folder, name)
      if let target = Self.target(ofLink: here) {
        links += 1
        guard links <= Self.maximumLinks else { return nil }
        if target.hasPrefix("/") { folder = "/" }
        rest = Self.components(target) + rest
        continue
      }
      guard let kind = Self.kind(here), rest.isEmpty || kind == .folder else { return nil }
      folder = here
    }
    return folder
  }

  private static func components(_ path: String) -> [String] {
    path.split(separator: "/").filter { $0 != "." }.map(String.init)
  }

  private static func join(_ folder: String, _ name: String) -> String {
    folder == "/" ? "/" + name : folder + "/" + name
  }

  private static func parent(of folder: String) -> String {
    let end = folder.lastIndex(of: "/") ?? folder.startIndex
    return end == folder.startIndex ? "/" : String(folder[..<end])
  }

  // MARK: - The system

  private static func kind(_ path: String) -> FileStatus.Kind? { (try? FileStatus(ofPath: path))?.kind }

  private static func target(ofLink path: String) -> String? {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink(path, &buffer, buffer.count)
    return count > 0 ? String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self) : nil
  }

  /// In no order; empty when it cannot be read.
  private static func names(in folder: String) -> [String] {
    guard let open = opendir(folder) else { return [] }
    defer { closedir(open) }
    var names: [String] = []
    while let entry = readdir(open) {
      guard let offset = MemoryLayout<dirent>.offset(of: \dirent.d_name) else { return names }
      names.append(String(cString: UnsafeRawPointer(entry).advanced(by: offset).assumingMemoryBound(to: CChar.self)))
    }
    return names
  }
}
