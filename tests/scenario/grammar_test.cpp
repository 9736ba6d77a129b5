// The table of keys against the readers, and the schema made of it against real scenarios.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "cli/registry.hpp"
#include "sim/scenario/grammar.hpp"
#include "tests/scenario/made_up.hpp"
#include "tests/support/process.hpp"

using namespace quorate;

namespace {

using nlohmann::json;

std::string schema_of(const std::vector<const ProtocolInfo*>& protocols) {
  return scenario_schema(protocols);
}

// As much of JSON Schema as the schema uses; any other keyword is a failure.
class Validator {
 public:
  explicit Validator(const std::string& schema) : root_(json::parse(schema)) {}

  bool accepts(const json& value) const { return fits(root_, value); }

 private:
  bool fits(const json& schema, const json& value) const {
    if (schema.is_boolean()) return schema.get<bool>();
    for (const auto& [keyword, rule] : schema.items()) {
      if (!keeps(keyword, rule, schema, value)) return false;
    }
    return true;
  }

  bool keeps(const std::string& keyword, const json& rule, const json& schema,
             const json& value) const {
    static const std::set<std::string> words{"$schema", "title",      "description",      "$defs",
                                             "then",    "properties", "patternProperties"};
    if (words.contains(keyword)) {
      return keyword != "properties" || !value.is_object() || properties_fit(rule, value);
    }
    if (keyword == "$ref")
      return fits(root_.at(json::json_pointer(rule.get<std::string>().substr(1))), value);
    if (keyword == "type") return has_type(rule, value);
    if (keyword == "const") return value == rule;
    if (keyword == "enum") return std::find(rule.begin(), rule.end(), value) != rule.end();
    if (keyword == "allOf") return count(rule, value) == rule.size();
    if (keyword == "anyOf") return count(rule, value) > 0;
    if (keyword == "oneOf") return count(rule, value) == 1;
    if (keyword == "if") return !fits(rule, value) || fits(schema.at("then"), value);
    if (keyword == "minimum") return !value.is_number() || value >= rule;
    if (value.is_string()) return string_keeps(keyword, rule, value.get<std::string>());
    if (keyword == "items") return items_fit(rule, value);
    if (value.is_object()) return object_keeps(keyword, rule, schema, value);
    return true;
  }

  std::size_t count(const json& rules, const json& value) const {
    return static_cast<std::size_t>(std::count_if(
        rules.begin(), rules.end(), [&](const json& rule) { return fits(rule, value); }));
  }

  static bool has_type(const json& rule, const json& value) {
    if (rule == "integer") return value.is_number_integer();
    return rule == value.type_name();
  }

  static bool string_keeps(const std::string& keyword, const json& rule, const std::string& text) {
    if (keyword == "maxLength") return text.size() <= rule;
    return keyword != "pattern" || std::regex_search(text, std::regex(rule.get<std::string>()));
  }

  bool items_fit(const json& rule, const json& value) const {
    return !value.is_array() || count_items(rule, value) == value.size();
  }
  std::size_t count_items(const json& rule, const json& value) const {
    return static_cast<std::size_t>(std::count_if(
        value.begin(), value.end(), [&](const json& item) { return fits(rule, item); }));
  }

  bool properties_fit(const json& rules, const json& value) const {
    return std::all_of(rules.items().begin(), rules.items().end(), [&](const auto& rule) {
      return !value.contains(rule.key()) || fits(rule.value(), value.at(rule.key()));
    });
  }

  bool object_keeps(const std::string& keyword, const json& rule, const json& schema,
                    const json& value) const {
    if (keyword == "minProperties") return value.size() >= rule;
    if (keyword == "maxProperties") return value.size() <= rule;
    if (keyword == "dependentSchemas") {
      return std::all_of(rule.items().begin(), rule.items().end(), [&](const auto& one) {
        return !value.contains(one.key()) || fits(one.value(), value);
      });
    }
    if (keyword == "required") {
      return std::all_of(rule.begin(), rule.end(),
                         [&](const json& key) { return value.contains(key.get<std::string>()); });
    }
    for (const auto& [key, one] : value.items()) {
      if (keyword == "propertyNames" && !fits(rule, key)) return false;
      const bool listed = schema.contains("properties") && schema["properties"].contains(key);
      const bool free =
          schema.contains("patternProperties") && (key.starts_with("x-") || key == "$schema");
      const bool other = keyword == "additionalProperties" && !listed && !free;
      if (other && !fits(rule, one)) return false;
    }
    const bool known = keyword == "additionalProperties" || keyword == "propertyNames";
    CHECK_MESSAGE(known, "the schema uses ", keyword);
    return known;
  }

  json root_;
};

json json_of(const std::string& text) { return json::parse(text, nullptr, true, true); }

// Every document of bad_scenarios.txt, and whether the loader refuses it by an error alone.
template <class F>
void every_row(F&& f) {
  std::ifstream file(testing::source("tests/scenario/bad_scenarios.txt"));
  std::string document;
  std::vector<std::string> said;
  const auto flush = [&] {
    if (!document.empty()) f(document, said);
    said.clear();
  };
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.front() == '#') continue;
    if (line.front() == ' ') {
      said.push_back(line.substr(4));
      continue;
    }
    flush();
    document =
        line.front() == '{' || line.front() == '['
            ? line
            : R"({"quorate": 1, "protocol": {"use": "toy", "nodes": 3}, "stop": {"at": "5s"},)" +
                  line + "}";
    for (std::size_t at; (at = document.find("\\n")) != document.npos;)
      document.replace(at, 2, "\n");
  }
  flush();
}

std::vector<const ProtocolInfo*> made_up_protocols() {
  std::vector<const ProtocolInfo*> all;
  for (const std::string& name : made_up::protocol_names()) {
    all.push_back(made_up::find_protocol(name));
  }
  return all;
}

}  // namespace

TEST_CASE("grammar: the table lists exactly the keys that the readers look for") {
  std::set<std::pair<std::string, std::string>> looked_for;
  const auto listen = [&](std::string_view object, std::string_view key) {
    looked_for.emplace(grammar_object(object), key);
  };
  every_row([&](const std::string& document, const auto&) {
    Diagnostics diagnostics;
    diagnostics.listen(listen);
    made_up::read(document, diagnostics);
  });
  Diagnostics good;
  good.listen(listen);
  made_up::read(R"({"quorate": 1, "protocol": {"use": "toy", "nodes": 3}, "stop": {"at": "5s"},
    "disk": {"nodes": {"n1": {"sync": "1ms"}}}})",
                good);
  std::set<std::pair<std::string, std::string>> listed;
  for (const KeyInfo& key : grammar_keys()) {
    CHECK_MESSAGE(listed.emplace(key.object, key.key).second, key.object, ".", key.key, " twice");
  }
  for (const auto& one : looked_for) {
    CHECK_MESSAGE(listed.contains({one.first, one.second}), "sim/scenario/grammar.cpp lacks ",
                  one.first, ".", one.second);
  }
  const std::set<std::string> read_elsewhere{"$schema"};  // every object may have it
  for (const auto& one : listed) {
    const std::string& object = one.first;
    const std::string& key = one.second;
    const bool action = object == "do";  // known by the names of Verb
    const bool read = looked_for.contains({object, key}) || read_elsewhere.contains(key);
    const bool known = action ? enum_value<Verb>(key).has_value() : read;
    CHECK_MESSAGE(known, "nobody reads ", object, ".", key);
  }
  for (const std::string_view verb : enum_names<Verb>) {
    CHECK_MESSAGE(listed.contains({"do", std::string(verb)}), verb);
  }
}

TEST_CASE("schema: every shipped scenario fits") {
  std::vector<const ProtocolInfo*> all;
  for (const ProtocolEntry& entry : protocols()) all.push_back(&entry.info);
  const Validator validator(schema_of(all));
  std::size_t files = 0;
  for (const auto& file :
       std::filesystem::recursive_directory_iterator(testing::source("scenarios"))) {
    const std::string name = file.path().filename().string();
    if (file.path().extension() != ".json" || name.starts_with('_')) continue;  // a base
    CHECK_MESSAGE(validator.accepts(json_of(testing::contents(file.path()))), file.path().string());
    ++files;
  }
  CHECK(files >= 40);
}

TEST_CASE("schema: what the loader accepts fits, what a schema can express is refused") {
  const Validator validator(schema_of(made_up_protocols()));
  // What one key alone can tell; Q103 in a distribution and Q207 in `where` are beyond a schema.
  const std::set<std::string> expressible{"Q101", "Q110", "Q201", "Q202", "Q203", "Q204",
                                          "Q209", "Q210", "Q301", "Q302", "Q304"};
  std::size_t refused = 0;
  std::size_t total = 0;
  every_row([&](const std::string& document, const std::vector<std::string>& said) {
    const json value = json::parse(document, nullptr, false, true);
    if (value.is_discarded()) return;
    const bool warnings = std::all_of(said.begin(), said.end(), [](const std::string& line) {
      return line.starts_with("warning");
    });
    const bool accepted = validator.accepts(value);
    if (warnings) CHECK_MESSAGE(accepted, document);
    if (warnings) return;
    ++total;
    refused += accepted ? 0 : 1;
    for (const std::string& line : said) {
      const bool beyond = line.find("does not say how long") != line.npos ||
                          line.find("unknown warning") != line.npos;
      const bool expected = expressible.contains(line.substr(0, 4)) && !beyond;
      if (expected) CHECK_FALSE_MESSAGE(accepted, document, line);
    }
  });
  MESSAGE("a schema refuses ", refused, " of ", total, " bad scenarios");
  CHECK(refused >= 100);
}

TEST_CASE("schema: it names what the protocols have") {
  const json schema = json::parse(schema_of(made_up_protocols()));
  CHECK(schema["$schema"] == "https://json-schema.org/draft/2020-12/schema");
  CHECK(schema["$defs"]["protocol_name"]["enum"] == json({"mute", "pact", "toy"}));
  CHECK(schema["$defs"]["fault"]["properties"]["for"]["description"] ==
        "is undone after this long, or this share of the gap");
  const json& toy = schema["allOf"][2]["then"]["properties"]["protocol"]["properties"];
  CHECK(toy["params"]["properties"]["timeout"]["$ref"] == "#/$defs/distribution");
  CHECK(schema_of(made_up_protocols()) == schema_of(made_up_protocols()));
}
