import ArgumentParser

/// `sluice reload [PATH ...]`
struct ReloadCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reload", abstract: "Have the server load its route files anew, and tell what it did.",
    discussion: """
      Waits until the new configuration is in force. Exits with 0 when it is, also if nothing has changed, and with 1 \
      when it is refused: then the running one stays as it is. PATH only says where to look for server.control; what is \
      loaded are the server's own files.
      """)

  @OptionGroup var control: ControlOptions

  func run() throws { try control.ask(.reload) }
}
