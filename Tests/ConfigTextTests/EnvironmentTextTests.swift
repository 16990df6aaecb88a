import ConfigText
import Testing

@Suite struct EnvironmentTextTests {
  private let environment = ["PORT": "8080", "EMPTY": "", "RAW": "${PORT}$$", "_x1": "y"]

  private func value(_ yaml: String) throws -> String? {
    try root("v: \(yaml)\n", environment: environment)["v"]?.scalar?.text
  }

  @Test func `a reference takes the environment's value in every style`() throws {
    #expect(try value("${PORT}") == "8080")
    #expect(try value("a${PORT}b${_x1}") == "a8080by")
    #expect(try value("'${PORT}'") == "8080")
    #expect(try value("\"\\t${PORT}\"") == "\t8080")
    #expect(try value("|\n  p=${PORT}\n") == "p=8080\n")
    #expect(try value("${EMPTY}x") == "x")
  }

  @Test func `a default stands for what is unset or empty`() throws {
    #expect(try value("${NOPE:-d e}") == "d e")
    #expect(try value("${EMPTY:-d}") == "d")
    #expect(try value("${PORT:-d}") == "8080")
    #expect(try value("x${NOPE:-}") == "x")
  }

  @Test func `dollars stay what they are`() throws {
    #expect(try value("a$b $ 5$ $(x)") == "a$b $ 5$ $(x)")
    #expect(try value("$$") == "$")
    #expect(try value("$${PORT}") == "${PORT}")
    #expect(try value("$$$${PORT} $$${PORT}") == "$${PORT} $8080")
  }

  @Test func `what is put in is not scanned again`() throws {
    #expect(try value("${RAW}") == "${PORT}$$")
  }

  @Test func `a plain scalar stays plain, and keys stay as they are`() throws {
    let node = try root("${PORT}: ${PORT}\n", environment: environment)
    #expect(node["${PORT}"]?.scalar == .init(text: "8080", isPlain: true))
    #expect(try root("a: '${PORT}'\n", environment: environment)["a"]?.scalar?.isPlain == false)
  }

  @Test func `an unset name is an error at its reference`() {
    let missing = "the environment variable 'PROT' is not set and has no default; did you mean 'PORT'?"
    #expect(problems("a: ${PORT}-${PROT}\n", environment: environment) == ["1:12: \(missing)"])
    #expect(problems("a: |  # ${PORT}\n  x\n  $${PROT} y${PROT}\n", environment: environment) == ["3:13: \(missing)"])
    #expect(problems("a: 'ä\n  ${PROT}'\n", environment: environment) == ["2:3: \(missing)"])
    #expect(at(load("a: b${PROT}\n").diagnostics.first?.place) == "1:5+7")
  }

  @Test func `each wrong reference is reported`() {
    #expect(
      problems("a: ${A}${B}\nb: ${C}\n").map { $0.prefix { $0 != " " } } == ["1:4:", "1:8:", "2:4:"])
  }

  @Test func `a reference written with escapes is reported at its first one`() {
    #expect(at(load("a: \"x\\x24{NOPE}\"\n").diagnostics.first?.place) == "1:6+10")
  }

  @Test func `a wrong form is an error`() {
    #expect(problems("a: x${PORT\n") == ["1:5: '${' is not closed by a '}'"])
    let form = "is not ${NAME} or ${NAME:-default}; write '$${' for a plain '${'"
    #expect(problems("a: ${a.b}\n") == ["1:4: '${a.b}' \(form)"])
    #expect(problems("a: ${}\n") == ["1:4: '${}' \(form)"])
    #expect(problems("a: ${1A}\n") == ["1:4: '${1A}' \(form)"])
    #expect(problems("a: ${A-b}\n") == ["1:4: '${A-b}' \(form)"])
    #expect(problems("a: ${A:-${B}}\n") == ["1:4: references to the environment may not stand in each other"])
  }

  @Test func `a value with a wrong reference gives no second error`() {
    let loaded = load("v: ${NOPE}\n")
    var reader = ConfigReader()
    #expect(loaded.documents.first?.root["v"].flatMap { Int.decode($0, &reader) } == nil)
    #expect(reader.diagnostics.isEmpty)
    #expect(loaded.diagnostics.count == 1)
  }
}
