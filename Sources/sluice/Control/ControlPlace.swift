/// Where the control socket is when neither the configuration nor the command line says.
enum ControlPlace {
  /// The places, the best first: in the service manager's folder, in root's, in the user's. None: there is no folder
  /// of the user's own.
  static func candidates(_ environment: [String: String], isRoot: Bool) -> [String] {
    var folders: [String] = []
    if let own = environment["RUNTIME_DIRECTORY"]?.split(separator: ":").first { folders.append(String(own)) }
    if isRoot { folders.append(systemFolder) }
    if let user = environment["XDG_RUNTIME_DIR"], !user.isEmpty { folders.append(user + "/sluice") }
    return folders.filter { $0.hasPrefix("/") }.map { $0 + "/control" }
  }

  /// Of a server that the system runs: what `RuntimeDirectory=sluice` makes.
  static let systemFolder = "/run/sluice"
}
