#include "tests/determinism/made_cases.hpp"

#include <algorithm>

#include "sim/trace/event.hpp"

namespace quorate::testing {
namespace {

class Listener final : public Observer {
 public:
  explicit Listener(NodeNames names) : names_(names) {}
  void on(const Record& record, const StateChange*) override {
    if (record.kind == Kind::fault || record.kind == Kind::heal || record.kind == Kind::note)
      return;
    JsonWriter out(names_);
    if (record.body.value != nullptr) record.body.type->print(record.body.value, out);
    std::string text(enum_name(record.kind));
    for (const NodeId node : {record.node, record.from, record.to}) text += " " + name(node);
    if (record.why != DropReason::none) text += " " + std::string(enum_name(record.why));
    if (record.body.type != nullptr) text += " " + std::string(record.body.type->name);
    lines.push_back({record.time, record.node, text + " " + out.buffer()});
  }

  Behaviour lines;

 private:
  std::string name(NodeId node) const {
    return node.value < names_.size() ? names_[node.value] : "-";
  }
  NodeNames names_;
};

std::string in_words(const Line& line) { return to_text(line.at.since_start()) + " " + line.text; }

}  // namespace

// ---- a case -------------------------------------------------------------------------------------

std::int64_t MadeCase::between(std::int64_t low, std::int64_t high) {
  return low + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(high - low + 1)));
}

MadeCase::MadeCase(std::uint64_t number, const Content& content)
    : stream_(make_stream(number, Purpose::search)),
      sampled_(content.sampled),
      clients_(content.clients),
      one_target_(content.one_target) {
  seed_ = stream_.next();
  protocol_ = content.protocols[below(content.protocols.size())];
  nodes_ = 3 + below(3);
  for (std::size_t i = 0; i < nodes_; ++i) {
    timeouts_.push_back(between(150'000, 170'000) + static_cast<std::int64_t>(i) * 40'013);
  }
  delay_ = between(500, 9'000);
  spread_ = between(1, 9'000);
  sync_ = below(2) == 0 ? 0 : between(100, 3'000);
  loss_percent_ = below(3) == 0 ? below(20) : 0;
  fifo_links_ = below(4) == 0;
  for (std::uint64_t i = below(5); i > 0; --i) {
    disturbances_.push_back(
        {below(4), below(nodes_), between(1'000, 1'200'000), between(1'000, 400'000)});
  }
}

std::vector<std::string> MadeCase::names(const Variation& variation) const {
  std::vector<std::string> names = variation.names;
  for (std::size_t i = names.size(); i < nodes_; ++i) names.push_back("n" + std::to_string(i + 1));
  if (!variation.order.empty()) {
    std::vector<std::string> ordered;
    for (const std::size_t i : variation.order) ordered.push_back(names[i]);
    return ordered;
  }
  return names;
}

// ---- its text -----------------------------------------------------------------------------------

// Writes one case as one variation has it.
class MadeCase::Writer {
 public:
  Writer(const MadeCase& made, const Variation& variation) : made_(made), variation_(variation) {}

  std::string text() const {
    return R"({"quorate": 1, "protocol": )" + protocol() + R"(, "stop": {"at": )" +
           moment(1'500'000) + R"(}, "disk": {"sync": )" + length(made_.sync_) +
           R"(}, "network": )" + network() + clocks() + workload() + R"(, "faults": [)" + faults() +
           "]}";
  }

 private:
  static std::string quotes(const std::string& text) { return "\"" + text + "\""; }
  std::string bare(std::int64_t us) const { return std::to_string(us * variation_.scale) + "us"; }
  std::string length(std::int64_t us) const { return quotes(bare(us)); }
  std::string moment(std::int64_t us) const { return length(us + variation_.shift / 1us); }
  // By a node's clock: where all are slow, what is set is as short as they are slow.
  std::string timer(std::int64_t us) const {
    return quotes(std::to_string(us * variation_.scale / variation_.slow_clocks) + "us");
  }
  std::string node(std::size_t i) const {
    const bool renamed = i < variation_.names.size();
    return quotes(renamed ? variation_.names[i] : "n" + std::to_string(i + 1));
  }

  std::string protocol() const {
    std::string list;
    for (const std::string& name : made_.names(variation_)) list += ", " + quotes(name);
    const std::string members = "[" + list.substr(2) + "]";
    std::string text = R"({"use": )" + quotes(made_.protocol_) + R"(, "nodes": [)" +
                       list.substr(2) + (variation_.observer ? R"(, "watcher")" : "") + "]";
    if (variation_.observer) text += R"(, "members": )" + members;
    return text + params() + "}";
  }
  std::string params() const {
    if (made_.protocol_ == "echo") return R"(, "params": {"resend": )" + timer(50'000) + "}";
    if (made_.protocol_ == "bully") {
      return R"(, "params": {"ok_timeout": )" + timer(100'000) + R"(, "coordinator_timeout": )" +
             timer(200'000) + R"(, "heartbeat": )" + timer(50'000) + R"(, "watch_timeout": )" +
             timer(190'000) + "}";
    }
    const std::string heartbeat = R"("heartbeat": )" + timer(50'000);
    if (made_.sampled_) {
      const std::string range = quotes("uniform(" + bare(150'000) + ", " + bare(300'000) + ")");
      return R"(, "params": {"election_timeout": )" + range + ", " + heartbeat + "}";
    }
    std::string own;
    for (std::size_t i = 0; i < made_.nodes_; ++i) {
      own += (i == 0 ? "" : ", ") + node(i) + R"(: {"election_timeout": )" +
             timer(made_.timeouts_[i]) + "}";
    }
    return R"(, "params": {)" + heartbeat + R"(}, "node_params": {)" + own + "}";
  }
  std::string network() const {
    const std::string delay = made_.sampled_ ? quotes("uniform(" + bare(made_.delay_) + ", " +
                                                      bare(made_.delay_ + made_.spread_) + ")")
                                             : length(made_.delay_);
    return R"({"delay": )" + delay + R"(, "loss": ")" + std::to_string(made_.loss_percent_) +
           R"(%", "fifo": )" + (made_.fifo_links_ ? "true" : "false") +
           R"(, "clients": {"loss": "0%", "delay": )" + length(1'000) + "}" +
           variation_.more_rules + "}";
  }
  std::string clocks() const {
    if (variation_.slow_clocks == 1) return "";
    const std::string drift = "-" + std::to_string(100 - 100 / variation_.slow_clocks) + "%";
    std::string all;
    for (std::size_t i = 0; i < made_.nodes_; ++i) {
      all += (i == 0 ? "" : ", ") + node(i) + R"(: {"drift": )" + quotes(drift) + "}";
    }
    return R"(, "clocks": {)" + all + "}";
  }
  std::string workload() const {
    if (!made_.clients_ || made_.protocol_ == "bully") return "";
    return R"(, "workload": [{"client": "c1", "op": "put", "key": "x", "every": )" +
           length(60'000) + R"(, "from": )" + moment(350'000) + R"(, "count": 10, "timeout": )" +
           length(250'000) + R"(, "retry": true)" +
           (made_.one_target_ ? R"(, "node": )" + node(0) : "") + "}]";
  }
  std::string faults() const {
    std::string list;
    for (const Disturbance& one : made_.disturbances_) {
      list += (list.empty() ? "" : ", ") + fault(one);
    }
    if (variation_.observer) {
      list +=
          (list.empty() ? "" : ", ") + std::string(R"({"at": "0s", "do": {"crash": "watcher"}})");
    }
    const std::string more = variation_.more_faults;
    return list + (list.empty() || more.empty() ? "" : ", ") + more;
  }
  std::string fault(const Disturbance& one) const {
    const std::string target = node(one.node);
    const std::string actions[] = {R"({"crash": )" + target + "}", R"({"pause": )" + target + "}",
                                   R"({"partition": {"isolate": )" + target + "}}",
                                   R"({"cut": {"to": )" + target + "}}"};
    return R"({"at": )" + moment(one.at) + R"(, "for": )" + length(one.length) +
           R"(, "may_not_fire": true, "do": )" + actions[one.kind] + "}";
  }

  const MadeCase& made_;
  const Variation& variation_;
};

std::string MadeCase::text(const Variation& variation) const {
  return Writer(*this, variation).text();
}

// ---- running it ---------------------------------------------------------------------------------

Told told_by(const std::string& text, std::uint64_t seed, const std::vector<std::string>& names) {
  const ScenarioPointer scenario = scenario_of(text);
  const std::vector<std::string> own = names.empty() ? scenario->names() : names;
  Listener listener(own);
  const std::unique_ptr<Run> run = make_run(scenario, seed);
  run->observe(listener);
  run->run();
  return {std::move(listener.lines), run->outcome().verdict, run->digest()};
}

Told told_by(const MadeCase& one, const Variation& variation) {
  return told_by(one.text(variation), one.seed());
}

std::string first_difference(const Behaviour& a, const Behaviour& b) {
  const auto [in_a, in_b] = std::ranges::mismatch(a, b);
  if (in_a == a.end() && in_b == b.end()) return "";
  return (in_a == a.end() ? "the end" : in_words(*in_a)) + "\n  against\n" +
         (in_b == b.end() ? "the end" : in_words(*in_b));
}

}  // namespace quorate::testing
