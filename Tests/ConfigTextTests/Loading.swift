import ConfigText

/// Loads a text as the file "a.yaml".
func load(_ text: String, environment: [String: String] = [:]) -> ConfigLoader.Loaded {
  ConfigLoader(environment: environment).load(text: text, file: "a.yaml")
}

/// The root of a text that must be right.
func root(_ text: String, environment: [String: String] = [:]) throws -> ConfigNode {
  let loaded = load(text, environment: environment)
  guard loaded.diagnostics.isEmpty, let document = loaded.documents.first else {
    throw ConfigError(diagnostics: loaded.diagnostics, texts: loaded.texts)
  }
  return document.root
}

/// What is wrong with a text, as "line:column: message".
func problems(_ text: String, environment: [String: String] = [:]) -> [String] {
  load(text, environment: environment).diagnostics.map(brief)
}

/// "line:column: message".
func brief(_ diagnostic: Diagnostic) -> String {
  "\(diagnostic.place.map { "\($0.line):\($0.column)" } ?? "-"): \(diagnostic.headline)"
}

/// "line:column+length" of a place.
func at(_ place: Place?) -> String { place.map { "\($0.line):\($0.column)+\($0.length)" } ?? "-" }

/// The value of a YAML text for `V`, with what was reported.
func decode<V: ConfigValue>(_ type: V.Type, _ yaml: String) -> (value: V?, problems: [String]) {
  let loaded = load("v: " + yaml)
  var reader = ConfigReader()
  reader.diagnostics = loaded.diagnostics
  let value = loaded.documents.first?.root["v"].flatMap { V.decode($0, &reader) }
  return (value, reader.diagnostics.map(\.headline))
}
