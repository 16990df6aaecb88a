import ConfigText
import Testing

@Suite struct ConfigPathTests {
  @Test(arguments: [
    ("routes/a.yaml", "x", "routes/x"), ("routes/a.yaml", "./x/./y", "routes/x/./y"),
    ("routes/a.yaml", ".//x", "routes/x"),
    ("routes/a.yaml", "../bin/feed", "routes/../bin/feed"), ("a.yaml", "x", "x"), ("a.yaml", "./x", "x"),
    ("a.yaml", ".", "."), ("routes/a.yaml", ".", "routes/"), ("/etc/sluice/a.yaml", "x", "/etc/sluice/x"),
    ("/a.yaml", "x", "/x"), ("routes/a.yaml", "/bin/x", "/bin/x"), ("./a.yaml", "x", "./x"), ("a.yaml", "./", "."),
  ])
  func `a relative path is seen from its file's folder`(_ file: String, _ text: String, _ path: String) throws {
    let loaded = ConfigLoader(environment: [:]).load(text: "v: \(text)\n", file: file)
    var reader = ConfigReader()
    let value = try ConfigPath.decode(#require(loaded.documents.first?.root["v"]), &reader)
    #expect(value == ConfigPath(path))
    #expect(ConfigPath(text, from: Place(file: file)).path == path)
  }

  @Test func `paths that lead to the same place are equal however they are written`() {
    let here = ConfigPath(".").absolute
    #expect(ConfigPath("routes/feed") == ConfigPath("\(here)/routes/feed"))
    #expect(ConfigPath("./routes//./feed").hashValue == ConfigPath("routes/feed").hashValue)
    #expect(ConfigPath("routes/") == ConfigPath("routes"))
    #expect(ConfigPath("routes/../feed") != ConfigPath("feed"), "a link may lead elsewhere")
    #expect(ConfigPath("/") != ConfigPath("."))
  }

  @Test func `an empty path and a zero byte are refused`() {
    #expect(decode(ConfigPath.self, "''").problems == ["expected a path, got '' (it is empty or has a zero byte)"])
    #expect(decode(ConfigPath.self, "\"a\\0b\"").value == nil)
    #expect(decode(ConfigPath.self, "[a]").problems == ["expected a path, got a list"])
  }
}
