/// Where the control socket is when neither the configuration nor the command line says.
enum ControlPlace {
  /// The places, the best first: in the service manager's folder and nowhere else, or in root's, or in the user's.
  /// None: there is no folder of the user's own.
  static func candidates(_ environment: [String: String], isRoot: Bool) -> [String] {
    if let own = environment["RUNTIME_DIRECTORY"]?.split(separator: ":").first, own.hasPrefix("/") {
      return ["\(own)/control"]
    }
    var folders = isRoot ? [systemFolder] : []
    if let user = environment["XDG_RUNTIME_DIR"], user.hasPrefix("/") { folders.append(user + "/sluice") }
    return folders.map { $0 + "/control" }
  }

  /// Of a server that the system runs: what `RuntimeDirectory=sluice` makes.
  static let systemFolder = "/run/sluice"
}
