import ConfigText
import Testing

@Suite struct ConfigLoaderTests {
  private func load(_ paths: String...) -> ConfigLoader.Loaded { ConfigLoader(environment: [:]).load(paths: paths) }

  @Test func `a folder means its yaml and yml files in lexical order`() {
    var folder = TemporaryFolder()
    for name in ["b.yaml", "a.yml", "B.yaml", "10.yaml", "9.yaml", "c.txt", ".d.yaml", "e.yaml~"] {
      _ = folder.makeFile(name, "name: \(name)\n")
    }
    let loaded = load(folder.path)
    #expect(loaded.diagnostics.isEmpty)
    #expect(
      loaded.documents.map(\.file) == ["10.yaml", "9.yaml", "B.yaml", "a.yml", "b.yaml"].map { folder.path + "/" + $0 })
    #expect(loaded.texts.files == loaded.documents.map(\.file))
    #expect(loaded.documents.first?.root["name"]?.place.file == folder.path + "/10.yaml")
  }

  @Test func `a slash at a folder's end makes no second one`() {
    var folder = TemporaryFolder()
    let file = folder.makeFile("a.yaml", "a: 1\n")
    #expect(load(folder.path + "/").documents.map(\.file) == [file])
  }

  @Test func `a file may have any name, and is loaded once`() {
    var folder = TemporaryFolder()
    let text = folder.makeFile("routes.conf", "a: 1\n")
    let yaml = folder.makeFile("a.yaml", "a: 1\n")
    let link = folder.makeLink("z.yaml", to: text)
    #expect(load(text, folder.path, yaml).documents.map(\.file) == [text, yaml, link])
  }

  @Test func `every unreadable path is reported, and the others are loaded`() {
    var folder = TemporaryFolder()
    let file = folder.makeFile("a.yaml", "a: 1\n")
    let missing = folder.path + "/nope.yaml"
    let loaded = load(missing, file + "/x", file)
    #expect(
      loaded.diagnostics.map(brief) == [
        "-: cannot read \(missing): No such file or directory", "-: cannot read \(file)/x: Not a directory",
      ])
    #expect(loaded.documents.map(\.file) == [file])
  }

  @Test func `a pipe or device is refused without being opened`() {
    var folder = TemporaryFolder()
    let pipe = folder.makePipe("p.yaml")
    #expect(load(pipe).diagnostics.map(brief) == ["-: \(pipe) is a named pipe, not a file or folder"])
    #expect(load(folder.path).diagnostics.map(brief) == ["-: \(pipe) is a named pipe, not a file"])
    #expect(load("/dev/null").diagnostics.map(brief) == ["-: /dev/null is a device, not a file or folder"])
  }

  @Test func `an empty folder and a folder in a folder are errors`() {
    var folder = TemporaryFolder()
    #expect(load(folder.path).diagnostics.map(brief) == ["-: the folder \(folder.path) has no *.yaml or *.yml file"])
    let inner = folder.makeFolder("x.yaml")
    #expect(
      load(folder.path).diagnostics.map(brief) == ["-: \(inner) is a folder; folders are not read within folders"])
    let link = folder.makeLink("l.yaml", to: "nowhere")
    #expect(load(folder.path).diagnostics.map(\.message).first == "cannot read \(link): No such file or directory")
  }

  @Test(.enabled(if: !isSuperuser)) func `a forbidden file or folder is an error`() {
    var folder = TemporaryFolder()
    let file = folder.makeFile("a.yaml", "a: 1\n")
    let inner = folder.makeFolder("inner")
    forbid(file)
    forbid(inner)
    #expect(load(file).diagnostics.map(brief) == ["-: cannot read \(file): Permission denied"])
    #expect(load(inner).diagnostics.map(brief) == ["-: cannot read \(inner): Permission denied"])
  }

  @Test func `errors of all files come in one run`() {
    var folder = TemporaryFolder()
    let paths = [
      folder.makeFile("a.yaml", "a: [\n"), folder.makeFile("b.yaml", "b: 1\nb: 2\n"),
      folder.makeFile("c.yaml", "- c\n"), folder.makeFile("d.yaml", "d: 1\n"),
    ]
    let loaded = load(folder.path)
    #expect(loaded.diagnostics.map(\.place?.file) == [paths[0], paths[1], paths[2]])
    #expect(loaded.documents.map(\.file) == [paths[1], paths[3]])
  }

  @Test func `anchors belong to their file`() {
    var folder = TemporaryFolder()
    _ = folder.makeFile("a.yaml", "a: &x 1\n")
    _ = folder.makeFile("b.yaml", "b: *x\n")
    #expect(load(folder.path).diagnostics.map(\.message) == ["unknown alias '*x'"])
  }
}
