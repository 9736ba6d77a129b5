// The grammar's table as a JSON Schema.
#include <algorithm>
#include <set>
#include <vector>

#include "sim/base/field_print.hpp"
#include "sim/client/workload.hpp"
#include "sim/fault/fault.hpp"
#include "sim/measure/metrics.hpp"
#include "sim/scenario/format.hpp"
#include "sim/scenario/grammar.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/trace/record.hpp"

namespace quorate {
namespace {

constexpr std::string_view duration_pattern = R"([0-9]+(\.[0-9]+)?(ns|us|ms|s|m|h))";

using Words = std::vector<std::string>;

template <class Range>
Words words_of(const Range& range) {
  return Words(std::begin(range), std::end(range));
}

Words parted(std::string_view text, std::string_view by) {
  Words result;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(by), text.size());
    result.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + by.size(), text.size()));
  }
  return result;
}

// Where a type's text splits into two at a top-level '|'; npos if it does not.
std::size_t bar_in(std::string_view type) {
  int depth = 0;
  for (std::size_t i = 0; i < type.size(); ++i) {
    if (type[i] == '[' || type[i] == '{') ++depth;
    if (type[i] == ']' || type[i] == '}') --depth;
    if (type[i] == '|' && depth == 0) return i;
  }
  return type.npos;
}

class SchemaWriter {
 public:
  explicit SchemaWriter(std::span<const ProtocolInfo* const> protocols) : protocols_(protocols) {}

  std::string write() {
    out_.open_object();
    print_member(out_, "$schema", "https://json-schema.org/draft/2020-12/schema");
    print_member(out_, "title", "A scenario of quorate");
    print_member(out_, "$ref", "#/$defs/scenario");
    write_protocols();
    out_.key("$defs");
    out_.open_object();
    write_plain_types();
    write_words();
    write_objects();
    out_.close_object();
    out_.close_object();
    return formatted(out_.buffer());
  }

 private:
  void type_member(std::string_view type) { print_member(out_, "type", type); }

  void enumeration(const Words& words) {
    out_.key("enum");
    out_.open_array();
    for (const std::string& word : words) out_.string(word);
    out_.close_array();
  }

  // ---- types of the table ----

  void alternatives(std::string_view type) {
    out_.key("anyOf");
    out_.open_array();
    for (std::size_t bar = 0; bar != type.npos;) {
      bar = bar_in(type);
      reference(type.substr(0, bar));
      if (bar != type.npos) type.remove_prefix(bar + 1);
    }
    out_.close_array();
  }

  // What a value of the type must satisfy, without the object around it.
  void type_of(std::string_view type) {
    if (bar_in(type) != type.npos) return alternatives(type);
    const std::string_view inner = type.substr(1, type.size() - 2);
    if (type.front() == '[') {
      type_member("array");
      out_.key("items");
      reference(inner);
    } else if (type.front() == '{') {
      type_member("object");
      out_.key("additionalProperties");
      reference(inner);
    } else if (type.front() == '"') {
      print_member(out_, "const", inner);
    } else if (type == "true") {
      print_member(out_, "const", true);
    } else if (type == "null") {
      type_member(type);
    } else if (type != "any") {
      print_member(out_, "$ref", "#/$defs/" + std::string(type));
    }
  }

  void reference(std::string_view type) {
    out_.open_object();
    type_of(type);
    out_.close_object();
  }

  void described(const KeyInfo& key) {
    out_.key(key.key);
    out_.open_object();
    type_of(key.type);
    const std::string otherwise =
        key.otherwise.empty() ? "" : "; " + std::string(key.otherwise) + " if not given";
    print_member(out_, "description", std::string(key.text) + otherwise);
    out_.close_object();
  }

  // ---- $defs ----

  void pattern(std::string_view name, const std::string& expression) {
    out_.key(name);
    out_.open_object();
    type_member("string");
    print_member(out_, "pattern", expression);
    out_.close_object();
  }

  void write_plain_types() {
    for (const auto& [name, type] :
         {std::pair{"text", "string"}, {"integer", "integer"}, {"boolean", "boolean"}}) {
      out_.key(name);
      out_.open_object();
      type_member(type);
      out_.close_object();
    }
    out_.key("count");
    out_.open_object();
    type_member("integer");
    print_member(out_, "minimum", 0);
    out_.close_object();
    out_.key("version");
    out_.open_object();
    print_member(out_, "const", scenario_version);
    out_.close_object();
    out_.key("operand");
    out_.open_object();
    type_member("string");
    print_member(out_, "maxLength", Text::capacity);
    out_.close_object();
    const std::string duration(duration_pattern);
    pattern("duration", "^" + duration + "$");
    pattern("chance", R"(^[0-9]+(\.[0-9]+)?%$)");
    const std::string size = R"([0-9]+(\.[0-9]+)?([kMG]?B|[KMG]iB))";
    pattern("size", "^" + size + "$");
    pattern("rate", "^" + size + "/s$");
    pattern("distribution",
            "^(" + duration + "|[a-z]+ *\\(.*\\))( +(min|max) +" + duration + ")*$");
    const std::string uniform = "|uniform *\\(.*\\)";
    pattern("drift", "^([+-]?[0-9]+(\\.[0-9]+)?(ppm|%)" + uniform + ")$");
    pattern("shift", "^([+-]?" + duration + uniform + ")$");
    pattern("name", "^[A-Za-z0-9_.-]{1,64}$");
    out_.key("nodes");
    reference("text|[name]");
  }

  void words(std::string_view name, const Words& list) {
    out_.key(name);
    out_.open_object();
    enumeration(list);
    out_.close_object();
  }

  // What all protocols together have of a kind.
  template <class Add>
  Words united(Add&& add) const {
    std::set<std::string> all;
    for (const ProtocolInfo* protocol : protocols_) add(*protocol, all);
    return words_of(all);
  }

  void write_words() {
    words("random", words_of(enum_names<Engine>));
    words("target", words_of(enum_names<TargetPolicy>));
    words("diagnosis", {"blocked", "deadlock", "livelock", "outside_model"});
    words("protocol_name", united([](const auto& one, auto& all) { all.insert(one.name); }));
    words("event", united([](const ProtocolInfo& one, auto& all) {
            all.insert(one.events.begin(), one.events.end());
            all.insert(enum_names<Kind>.begin(), enum_names<Kind>.end());
          }));
    words("property", united([](const ProtocolInfo& one, auto& all) {
            for (const PropertyInfo& property : one.properties) all.insert(property.name);
          }));
    words("metric", united([](const ProtocolInfo& one, auto& all) {
            const Words names = metric_names(one.messages);
            all.insert(names.begin(), names.end());
            for (const NamedText& witness : one.witnesses) all.insert(witness.name);
          }));
    words("predicate", united([](const ProtocolInfo& one, auto& all) {
            for (const NamedText& predicate : one.predicates) all.insert(predicate.name);
          }));
  }

  void write_objects() {
    std::string_view object;
    for (const KeyInfo& key : grammar_keys()) {
      if (key.object == object) continue;
      object = key.object;
      write_object(object);
    }
  }

  void write_object(std::string_view object) {
    out_.key(object);
    out_.open_object();
    type_member("object");
    out_.key("properties");
    out_.open_object();
    for (const KeyInfo& key : grammar_keys()) {
      if (key.object == object) described(key);
    }
    out_.close_object();
    out_.key("patternProperties");
    out_.open_object();
    out_.key("^(x-|\\\\$schema$)");
    out_.open_object();
    out_.close_object();
    out_.close_object();
    print_member(out_, "additionalProperties", false);
    if (object == "do") print_member(out_, "maxProperties", 1);
    if (object == "do") print_member(out_, "minProperties", 1);
    if (object == "scenario") {
      whole_or_extending();
    } else if (!is_merged(object)) {
      require(required_of(object));
    }
    exactly_one(object);
    write_needs(object);
    out_.close_object();
  }

  void require(const Words& keys) {
    if (keys.empty()) return;
    out_.key("required");
    out_.open_array();
    for (const std::string& key : keys) out_.string(key);
    out_.close_array();
  }

  // Of these objects a part may stand in the file that is extended.
  static bool is_merged(std::string_view object) {
    return object == "scenario" || object == "protocol" || object == "stop";
  }

  // A scenario that extends nothing says everything that is required.
  void whole_or_extending() {
    out_.key("anyOf");
    out_.open_array();
    out_.open_object();
    require(required_of("scenario"));
    out_.key("properties");
    out_.open_object();
    for (const std::string_view object : {"protocol", "stop"}) {
      out_.key(object);
      out_.open_object();
      require(required_of(object));
      out_.close_object();
    }
    out_.close_object();
    out_.close_object();
    out_.open_object();
    require({"extends"});
    out_.close_object();
    out_.close_array();
  }

  static Words required_of(std::string_view object) {
    Words required;
    for (const KeyInfo& key : grammar_keys()) {
      if (key.object == object && key.required) required.emplace_back(key.key);
    }
    return required;
  }

  // {"oneOf": [{"required": ["at"]}, {"required": ["every"]}]}, or "anyOf", without the braces.
  void some_of(std::string_view keyword, const Words& keys) {
    out_.key(keyword);
    out_.open_array();
    for (const std::string& key : keys) {
      out_.open_object();
      require({key});
      out_.close_object();
    }
    out_.close_array();
  }

  void exactly_one(std::string_view object) {
    for (const KeyChoice& choice : grammar_choices()) {
      if (choice.object == object) some_of("oneOf", parted(choice.keys, " "));
    }
  }

  void write_need(const KeyNeed& need) {
    if (need.needs.find('|') != need.needs.npos) {
      some_of("anyOf", parted(need.needs, "|"));
    } else {
      require(parted(need.needs, " "));
    }
  }

  void write_needs(std::string_view object) {
    bool open = false;
    for (const KeyNeed& need : grammar_needs()) {
      if (need.object != object) continue;
      if (need.key.empty()) {
        write_need(need);
        continue;
      }
      if (!open) {
        out_.key("dependentSchemas");
        out_.open_object();
        open = true;
      }
      out_.key(need.key);
      out_.open_object();
      write_need(need);
      out_.close_object();
    }
    if (open) out_.close_object();
  }

  // ---- protocols ----

  void parameter(const ParamInfo& param) {
    out_.key(param.name);
    out_.open_object();
    if (param.type == "probability") {
      type_of("chance");
    } else if (param.type == "duration" || param.type == "distribution" ||
               param.type == "boolean" || param.type == "integer") {
      type_of(param.type);
    } else if (param.type.find(" | ") != std::string::npos) {
      enumeration(parted(param.type, " | "));
    }
    print_member(out_, "description", param.text);
    out_.close_object();
  }

  void parameters(const ProtocolInfo& protocol) {
    out_.open_object();
    type_member("object");
    out_.key("properties");
    out_.open_object();
    for (const ParamInfo& param : protocol.params) parameter(param);
    out_.close_object();
    print_member(out_, "additionalProperties", false);
    out_.close_object();
  }

  void fields(const ProtocolInfo& protocol) {
    out_.open_object();
    out_.key("propertyNames");
    out_.open_object();
    Words all;
    for (const RoleInfo& role : protocol.roles) {
      all.insert(all.end(), role.fields.begin(), role.fields.end());
    }
    enumeration(all);
    out_.close_object();
    out_.close_object();
  }

  void bugs(const ProtocolInfo& protocol) {
    Words names;
    for (const BugInfo& bug : protocol.bugs) names.push_back(bug.name);
    out_.open_object();
    out_.key("items");
    out_.open_object();
    out_.key("anyOf");
    out_.open_array();
    out_.open_object();
    enumeration(names);
    out_.close_object();
    out_.open_object();
    type_member("object");
    out_.key("properties");
    out_.open_object();
    words("bug", names);
    out_.close_object();
    out_.close_object();
    out_.close_array();
    out_.close_object();
    out_.close_object();
  }

  // {"properties": {"protocol": {"properties": {...}}}} around what `inside` writes.
  template <class Inside>
  void in_protocol(Inside&& inside) {
    out_.open_object();
    out_.key("properties");
    out_.open_object();
    out_.key("protocol");
    out_.open_object();
    inside();
    out_.close_object();
    out_.close_object();
  }

  void write_protocols() {
    out_.key("allOf");
    out_.open_array();
    for (const ProtocolInfo* protocol : protocols_) {
      out_.open_object();
      out_.key("if");
      write_condition(*protocol);
      out_.key("then");
      in_protocol([&] { write_consequence(*protocol); });
      out_.close_object();
      out_.close_object();
    }
    out_.close_array();
  }

  void write_condition(const ProtocolInfo& protocol) {
    in_protocol([&] {
      out_.key("properties");
      out_.open_object();
      out_.key("use");
      out_.open_object();
      print_member(out_, "const", protocol.name);
      out_.close_object();
      out_.close_object();
      require({"use"});
    });
    require({"protocol"});
    out_.close_object();
  }

  void write_consequence(const ProtocolInfo& protocol) {
    out_.key("properties");
    out_.open_object();
    out_.key("params");
    parameters(protocol);
    for (const std::string_view key : {"node_params", "initial"}) {
      out_.key(key);
      out_.open_object();
      out_.key("additionalProperties");
      key == "initial" ? fields(protocol) : parameters(protocol);
      out_.close_object();
    }
    out_.key("bugs");
    bugs(protocol);
    out_.close_object();
  }

  std::span<const ProtocolInfo* const> protocols_;
  JsonWriter out_{};
};

}  // namespace

std::string scenario_schema(std::span<const ProtocolInfo* const> protocols) {
  return SchemaWriter(protocols).write();
}

}  // namespace quorate
