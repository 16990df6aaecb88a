/// Loads configuration files and folders into nodes; a folder means all its `*.yaml` and `*.yml` in lexical order.
package struct ConfigLoader: Sendable {
  let environment: EnvironmentText
  let takesAnyRoot: Bool

  /// A loader that takes `${NAME}` from `environment`.
  ///
  /// - Parameter takesAnyRoot: whether a file may hold a list or a scalar rather than a mapping.
  package init(environment: [String: String], takesAnyRoot: Bool = false) {
    self.environment = EnvironmentText(values: environment)
    self.takesAnyRoot = takesAnyRoot
  }

  /// What was loaded, and everything that was wrong.
  package struct Loaded: Sendable {
    /// The root of each file that is YAML, in the order of loading; a mapping, unless any root is taken. Other files
    /// have a diagnostic.
    package var documents: [(file: String, root: ConfigNode)] = []
    /// The texts of all files that could be read.
    package var texts = SourceTexts()
    /// All errors of all files.
    package var diagnostics: [Diagnostic] = []

    /// Nothing loaded.
    package init() {}
  }

  /// Loads all paths; never stops at the first error. A path that is given twice is loaded once.
  package func load(paths: [String]) -> Loaded {
    var run = LoadRun(environment: environment, takesAnyRoot: takesAnyRoot)
    for path in paths where !run.isOver { run.load(path: path) }
    return run.loaded
  }

  /// Loads a text as if it were in `file`.
  package func load(text: String, file: String) -> Loaded { load(bytes: Array(text.utf8), file: file) }

  /// Loads bytes as if they were in `file`.
  package func load(bytes: [UInt8], file: String) -> Loaded {
    var run = LoadRun(environment: environment, takesAnyRoot: takesAnyRoot)
    run.load(bytes: bytes, file: file)
    return run.loaded
  }
}

/// One load: what has come so far, and how much of the limits is used.
struct LoadRun {
  let environment: EnvironmentText
  let takesAnyRoot: Bool
  var loaded = ConfigLoader.Loaded()
  /// A limit for the whole configuration is exceeded; what follows would only repeat the error.
  private(set) var isOver = false
  private var values = 0
  private var files: Set<String> = []

  init(environment: EnvironmentText, takesAnyRoot: Bool = false) {
    self.environment = environment
    self.takesAnyRoot = takesAnyRoot
  }

  /// Loads a file, or a folder's files.
  mutating func load(path: String) {
    do {
      switch try FileSystem.kind(of: path) {
      case .file: load(file: path)
      case .folder: loadFolder(path, names: try FileSystem.names(inFolder: path))
      case .other(let name): report("\(VisibleText.whole(path)) is \(name), not a file or folder")
      }
    } catch {
      report("cannot read \(VisibleText.whole(path)): \(error.reason)")
    }
  }

  private mutating func loadFolder(_ path: String, names: [String]) {
    // Editors keep their swap and lock files under names that start with a dot, and a shell's `*` leaves them out too.
    let wanted = names.filter { !$0.hasPrefix(".") && ($0.hasSuffix(".yaml") || $0.hasSuffix(".yml")) }
    if wanted.isEmpty { report("the folder \(VisibleText.whole(path)) has no *.yaml or *.yml file") }
    let prefix = path.hasSuffix("/") ? path : path + "/"
    for name in wanted.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) where !isOver {
      loadEntry(prefix + name)
    }
  }

  private mutating func loadEntry(_ path: String) {
    do {
      switch try FileSystem.kind(of: path) {
      case .file: load(file: path)
      case .folder: report("\(VisibleText.whole(path)) is a folder; folders are not read within folders")
      case .other(let name): report("\(VisibleText.whole(path)) is \(name), not a file")
      }
    } catch {
      report("cannot read \(VisibleText.whole(path)): \(error.reason)")
    }
  }

  private mutating func load(file: String) {
    guard files.insert(file).inserted else { return }
    if files.count > ConfigLimits.files {
      isOver = true
      return report("there are more than \(ConfigLimits.shown(ConfigLimits.files)) configuration files")
    }
    do {
      guard let bytes = try FileSystem.bytes(ofFile: file, limit: ConfigLimits.fileBytes) else {
        return report("\(VisibleText.whole(file)) is larger than 16 MiB, the limit for one file")
      }
      load(bytes: bytes, file: file)
    } catch {
      report("cannot read \(VisibleText.whole(file)): \(error.reason)")
    }
  }

  /// Loads what a file holds.
  mutating func load(bytes: [UInt8], file: String) {
    loaded.texts.add(file: file, bytes: bytes)
    if bytes.count > ConfigLimits.fileBytes {
      return report("\(VisibleText.whole(file)) is larger than 16 MiB, the limit for one file")
    }
    let text = TextCheck.withoutByteOrderMark(bytes)
    if let problem = TextCheck.problem(in: text, file: file) { return loaded.diagnostics.append(problem) }
    var composer = DocumentComposer(bytes: text, file: file, environment: environment, values: values)
    composer.takesAnyRoot = takesAnyRoot
    do {
      if let root = try composer.document() { loaded.documents.append((file, root)) }
    } catch {
      composer.diagnostics.append(error.diagnostic)
      isOver = composer.values > ConfigLimits.values
    }
    values = composer.values
    loaded.diagnostics += composer.diagnostics
  }

  private mutating func report(_ message: String) { loaded.diagnostics.append(Diagnostic(message, at: nil)) }
}
