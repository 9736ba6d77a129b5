// What judging a trace again notices: every kind of line that cannot be true, by what it says; and
// any other change by the checksum.
#include "analysis/trace_check.hpp"

#include <doctest/doctest.h>

#include <functional>

#include "analysis/trace_parts.hpp"
#include "sim/base/random.hpp"
#include "tests/conformance/scenarios.hpp"
#include "tests/support/run_text.hpp"

namespace quorate::testing {

namespace {

constexpr std::string_view lossy = R"json({
  "quorate": 1, "protocol": {"use": "raft", "nodes": ["n1", "n2", "n3"]}, "seed": 7,
  "network": {"delay": "uniform(1ms, 9ms)", "loss": "5%", "duplicate": "5%"},
  "disk": {"sync": "1ms"},
  "workload": [{"op": "put", "every": "20ms", "count": 30, "timeout": "300ms"}],
  "faults": [{"id": "kill", "at": "700ms", "for": "200ms", "do": {"crash": "leader"}}],
  "expect": [{"metric": "ops.acked", "min": 1}],
  "stop": {"at": "2s"}})json";

const ProtocolEntry& raft() { return protocol("raft"); }

std::string trace_of(const std::shared_ptr<const Scenario>& scenario, TraceLevel level = {}) {
  const ProtocolEntry& entry = protocol(scenario->protocol);
  const auto run = entry.make(scenario, scenario->seed, {});
  StringSink sink;
  TraceWriter writer(sink, trace_header(*scenario, entry.info, scenario->seed, level));
  run->observe(writer);
  run->run();
  writer.finish(trace_footer(*run, entry.info));
  return sink.text;
}

using Lines = std::vector<std::string>;

Lines lines_of(const std::string& text) {
  Lines lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}
std::string text_of(const Lines& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

// The first line at or behind `from` that holds all of the parts.
std::size_t find_line(const Lines& lines, const std::vector<std::string>& parts,
                      std::size_t from = 1) {
  for (std::size_t i = from; i < lines.size(); ++i) {
    const auto holds = [&](const std::string& part) {
      return lines[i].find(part) != std::string::npos;
    };
    if (std::all_of(parts.begin(), parts.end(), holds)) return i;
  }
  FAIL("no such line");
  return 0;
}

void replace(std::string& line, const std::string& from, const std::string& to) {
  const std::size_t at = line.find(from);
  REQUIRE(at != std::string::npos);
  line.replace(at, from.size(), to);
}

// The number of a member such as "m".
std::string number(const std::string& line, const std::string& key) {
  const std::size_t at = line.find("\"" + key + "\":") + key.size() + 3;
  return line.substr(at, line.find_first_not_of("0123456789", at) - at);
}

// Without the footer's checksum, as another program may write it: only what a line says is left to
// betray it.
void without_checksum(Lines& lines) {
  const std::size_t at = lines.back().find(",\"checksum\"");
  lines.back() = lines.back().substr(0, at) + "}";
}

// What judging says, and what reading does.
struct Checked : TraceCheck {
  std::string error;
  bool truncated{};
};

Checked check_text(const std::string& text, const std::shared_ptr<const Scenario>& scenario) {
  TraceReader reader(text);
  Checked checked;
  if (reader.has_header()) {
    static_cast<TraceCheck&>(checked) = check_trace(reader, protocol(scenario->protocol), scenario);
  }
  checked.error = reader.error();
  checked.truncated = reader.truncated();
  return checked;
}

struct Tampering {
  std::string name;
  std::function<void(Lines&)> change;
  std::string noticed;  // in the first contradiction, or the error
};

// Lines out of place, and messages.
std::vector<Tampering> in_the_order() {
  return {
      {"nothing but the checksum taken away", [](Lines&) {}, ""},
      {"a line removed", [](Lines& lines) { lines.erase(lines.begin() + 40); },
       "event e39 is missing before e40"},
      {"an index going back", [](Lines& lines) { replace(lines[40], "\"i\":39", "\"i\":30"); },
       "stands after its time"},
      {"a time going back", [](Lines& lines) { replace(lines[60], "\"t\":", "\"t\":1,\"was\":"); },
       "lies before the one it follows"},
      {"a cause in the future",
       [](Lines& lines) {
         std::string& line = lines[find_line(lines, {"\"k\":\"recv\""})];
         replace(line, "\"cause\":" + number(line, "cause"), "\"cause\":9999");
       },
       "is caused by a later one"},
      {"a recv without a send",
       [](Lines& lines) {
         std::string& line = lines[find_line(lines, {"\"k\":\"recv\""})];
         replace(line, "\"m\":" + number(line, "m"), "\"m\":99999");
       },
       "message 99999 was never sent"},
      {"a message delivered twice",
       [](Lines& lines) {
         const std::size_t first = find_line(lines, {"\"k\":\"recv\""});
         const std::size_t second = find_line(lines, {"\"k\":\"recv\""}, first + 1);
         for (const std::string key : {"m", "cause"}) {
           replace(lines[second], "\"" + key + "\":" + number(lines[second], key),
                   "\"" + key + "\":" + number(lines[first], key));
         }
       },
       "no copy of message"},
      {"a message that arrives with another type",
       [](Lines& lines) {
         replace(lines[find_line(lines, {"\"k\":\"recv\"", "\"RequestVote\""})], "RequestVote",
                 "AppendEntries");
       },
       "was sent with another type, sender or receiver"},
      {"a message that arrives from somebody else",
       [](Lines& lines) {
         std::string& line =
             lines[find_line(lines, {"\"k\":\"recv\"", "\"n\":\"n1\"", "\"from\":\"n2\""})];
         replace(line, "\"from\":\"n2\"", "\"from\":\"n3\"");
       },
       "was sent with another type, sender or receiver"},
  };
}

// What a line says.
std::vector<Tampering> in_a_line() {
  return {
      {"a message sent twice under one number",
       [](Lines& lines) {
         std::string& line = lines[find_line(lines, {"\"k\":\"send\"", "\"m\":1,"})];
         replace(line, "\"m\":1,", "\"m\":0,");
       },
       "message 0 is sent a second time"},
      {"a type nobody has",
       [](Lines& lines) {
         replace(lines[find_line(lines, {"\"k\":\"send\""})], "\"type\":\"", "\"type\":\"X");
       },
       "this protocol has no"},
      {"a field nobody has",
       [](Lines& lines) {
         replace(lines[find_line(lines, {"\"k\":\"send\"", "\"term\":"})],
                 "\"term\":", "\"turm\":");
       },
       "turm"},
      {"a log that keeps what it has not",
       [](Lines& lines) {
         replace(lines[find_line(lines, {"\"set\":", "\"keep\":0"})], "\"keep\":0", "\"keep\":7");
       },
       "keeps more entries than there are"},
      {"a node that acts while it is down",
       [](Lines& lines) {
         std::string& line = lines[find_line(lines, {"\"k\":\"restart\""})];
         replace(line, "\"k\":\"restart\"", "\"k\":\"resume\"");
       },
       "is down, so this cannot happen there"},
  };
}

// Lines about nobody, or about somebody who cannot do such a thing.
std::vector<Tampering> about_nobody() {
  return {
      {"a crash of nobody",
       [](Lines& lines) {
         std::string& line = lines[find_line(lines, {"\"k\":\"crash\""})];
         replace(line, "\"n\":", "\"was\":");
       },
       "no node is named at which it happens"},
      {"a pause of a client",
       [](Lines& lines) {
         std::string& line = lines[find_line(lines, {"\"k\":\"crash\""})];
         replace(line, "crash", "pause");
         const std::size_t name = line.find("\"n\":\"") + 5;
         line.replace(name, 2, "c1");
       },
       "no node is named at which it happens"},
      {"a message of nobody",
       [](Lines& lines) {
         std::string& line = lines[find_line(lines, {"\"k\":\"send\"", "\"n\":\"n1\""})];
         replace(line, "\"n\":", "\"was\":");
       },
       "it does not say who sends, receives or does this"},
      {"an election of nobody",
       [](Lines& lines) {
         std::string& line = lines[find_line(lines, {"\"name\":\"elected\""})];
         line.erase(line.find("\"n\":"), std::string_view(R"("n":"n1",)").size());
       },
       "it does not say who sends, receives or does this"},
      {"an event at nobody",
       [](Lines& lines) {
         replace(lines[find_line(lines, {"\"k\":\"timer\""})], "\"n\":\"n", "\"n\":\"m");
       },
       "is at a node the header does not name"},
  };
}

// What only the whole trace betrays.
std::vector<Tampering> in_the_whole() {
  return {
      {"a fault that the scenario has not",
       [](Lines& lines) {
         replace(lines[find_line(lines, {"\"k\":\"fault\""})], "\"id\":\"kill\"", "\"id\":\"x\"");
       },
       "the scenario has no fault of this name"},
      {"a question of nobody",
       [](Lines& lines) {
         std::string& line = lines[find_line(lines, {"\"k\":\"op\""})];
         replace(line, "\"client\":\"c1\"", "\"client\":\"x1\"");
       },
       "its `client` is nobody the header names"},
      {"a question of a node",
       [](Lines& lines) {
         std::string& line = lines[find_line(lines, {"\"k\":\"op\""})];
         replace(line, "\"client\":\"c1\"", "\"client\":\"n1\"");
       },
       "no client is named that asks for it"},
      {"an operation far ahead of the client's last",
       [](Lines& lines) {
         std::string& line = lines[find_line(lines, {"\"k\":\"op\""})];
         replace(line, "\"serial\":", "\"serial\":1000000000000");
       },
       "its client's next operation is number 1"},
      {"an answer to nobody's question",
       [](Lines& lines) {
         std::string& line = lines[find_line(lines, {"\"k\":\"ack\""})];
         replace(line, "\"serial\":", "\"serial\":9");
       },
       "its client waits for no such answer"},
      {"two leaders in one term",
       [](Lines& lines) {
         const std::size_t won = find_line(lines, {"\"role\":\"leader\"", "\"set\":"});
         const std::string leader = lines[won].substr(lines[won].find("\"n\":\"") + 5, 2);
         for (std::size_t i = won + 1; i < lines.size(); ++i) {
           const bool other = lines[i].find("\"k\":\"recv\"") != std::string::npos &&
                              lines[i].find("\"n\":\"" + leader) == std::string::npos;
           if (!other || lines[i].find("\"set\":{") == std::string::npos) continue;
           return replace(lines[i], "\"set\":{", "\"set\":{\"role\":\"leader\",");
         }
       },
       " breaks election_safety, and the trace does not say so"},
      {"a violation made up",
       [](Lines& lines) {
         std::string& line = lines[find_line(lines, {"\"k\":\"timer\""})];
         const std::size_t kind = line.find("\"k\":");
         line = line.substr(0, kind) +
                R"("k":"violation","property":"vote_once","nodes":["n1"],"why":"So."})";
       },
       "no property is broken here"},
  };
}

// Footer and header.
std::vector<Tampering> at_the_ends() {
  return {
      {"totals that are not those of the lines",
       [](Lines& lines) { replace(lines.back(), "\"delivered\":", "\"delivered\":1"); },
       "the footer's `messages` are not those of the lines"},
      {"an acknowledged operation forgotten",
       [](Lines& lines) {
         for (std::string& line : lines) {
           if (line.find("\"k\":\"ack\"") == std::string::npos) continue;
           line = line.substr(0, line.find("\"k\":")) + R"("k":"note","text":"x"})";
         }
       },
       "the footer's verdict is pass; judged again it is fail"},
      {"another verdict",
       [](Lines& lines) { replace(lines.back(), "\"verdict\":\"pass\"", "\"verdict\":\"fail\""); },
       "the footer's verdict is fail; judged again it is pass"},
      {"another diagnosis",
       [](Lines& lines) {
         replace(lines.back(), "\"diagnosis\":[]", "\"diagnosis\":[\"deadlock\"]");
       },
       "diagnosis is not what the lines come to"},
      {"another end", [](Lines& lines) { replace(lines.back(), "\"ended\":2", "\"ended\":1"); },
       "the footer lets the run end at "},
      {"a count of events that is too high",
       [](Lines& lines) { replace(lines.back(), "\"events\":", "\"events\":1"); },
       "its footer counts 1"},
      {"a client more", [](Lines& lines) { replace(lines[0], "[\"c1\"]", "[\"c1\",\"c2\"]"); },
       "the header's clients are not those of its scenario"},
  };
}

std::vector<Tampering> tamperings() {
  std::vector<Tampering> all;
  for (const auto& part :
       {in_the_order(), in_a_line(), about_nobody(), in_the_whole(), at_the_ends()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

}  // namespace

TEST_CASE("trace check: whatever makes a line untrue is named with the event") {
  const auto scenario = scenario_of(lossy);
  const Lines good = lines_of(trace_of(scenario));
  for (const Tampering& tampering : tamperings()) {
    SUBCASE(tampering.name.c_str()) {
      Lines lines = good;
      tampering.change(lines);
      without_checksum(lines);
      const Checked check = check_text(text_of(lines), scenario);
      std::string said = check.error;
      for (const std::string& sentence : check.contradictions) said += "\n" + sentence;
      if (tampering.noticed.empty()) {
        CHECK(said == "");
      } else {
        CHECK_MESSAGE(said.find(tampering.noticed) != std::string::npos, said);
      }
    }
  }
}

TEST_CASE("trace check: a byte changed anywhere is noticed") {
  const auto scenario = scenario_of(lossy);
  const std::string good = trace_of(scenario);
  CHECK(check_text(good, scenario).contradiction_count == 0);
  const std::size_t footer = good.rfind('\n', good.size() - 2) + 1;
  Stream random = make_stream(3, Purpose::timer);
  for (int i = 0; i < 60; ++i) {
    std::string text = good;
    const std::size_t at = static_cast<std::size_t>(random.below(footer));
    text[at] = text[at] == '1' ? '2' : '1';
    INFO("byte ", at);
    const Checked check = check_text(text, scenario);
    CHECK((!check.error.empty() || check.contradiction_count != 0));
  }
}

TEST_CASE("trace check: what a level leaves out is not judged, and that is said") {
  const auto scenario = scenario_of(lossy);
  for (const TraceLevel level : {TraceLevel::events, TraceLevel::messages, TraceLevel::outline}) {
    const Checked check = check_text(trace_of(scenario, level), scenario);
    CHECK(check.error == "");
    CHECK(check.contradictions == Lines{});
    CHECK_FALSE(check.outcome.has_value());
    REQUIRE(check.not_judged.size() == raft().info.properties.size() + 1);
    CHECK(check.not_judged.front() == "election_safety: the trace was written at level " +
                                          std::string(enum_name(level)) +
                                          ", without the states of nodes");
  }
  Lines lines = lines_of(trace_of(scenario, TraceLevel::messages));
  replace(lines.back(), "\"delivered\":", "\"delivered\":1");
  CHECK(check_text(text_of(lines), scenario).contradiction_count == 1);
}

TEST_CASE("trace check: a violation that the run found is found again in its trace") {
  const auto scenario = scenario_file("scenarios/raft/bug-votes-counted-twice.json");
  const Checked check = check_text(trace_of(scenario), scenario);
  REQUIRE(check.outcome);
  REQUIRE(check.outcome->violation);
  CHECK(check.outcome->violation->property == "election_safety");
  CHECK(check.contradictions == Lines{});
}

TEST_CASE("trace check: what clients were told is compared again") {
  const auto scenario = scenario_file("scenarios/paxos/clients-disagree.json");
  const std::string good = trace_of(scenario);
  const Checked check = check_text(good, scenario);
  CHECK(check.contradictions == Lines{});
  REQUIRE(check.outcome);
  REQUIRE(check.outcome->violation);
  CHECK(check.outcome->violation->property == "linearizable");
  Lines lines = lines_of(good);
  replace(lines[lines.size() - 2], "none has a place for c2", "none has a place for c1");
  CHECK(check_text(text_of(lines), scenario).contradiction_count != 0);
}

TEST_CASE("trace check: clients that are down, and what is asked again, are followed") {
  const auto said = [](const std::string& name, const std::function<void(Lines&)>& change) {
    const auto scenario = scenario_file("scenarios/raft/" + name + ".json");
    Lines lines = lines_of(trace_of(scenario));
    change(lines);
    without_checksum(lines);
    const Checked check = check_text(text_of(lines), scenario);
    return check.contradictions.empty() ? check.error : check.contradictions.front();
  };
  const auto kind = [](const std::string& from, const std::string& to) {
    return [=](Lines& lines) { replace(lines[find_line(lines, {from, "c1"})], from, to); };
  };
  const auto untouched = [](Lines&) {};
  CHECK(said("client-crash", untouched) == "");
  CHECK(said("rpc-semantics", untouched) == "");
  CHECK(said("client-crash", kind("\"k\":\"crash\"", "\"k\":\"restart\""))
            .find("c1 is up, so this cannot happen there") != std::string::npos);
  CHECK(
      said("client-crash", kind("\"k\":\"restart\",\"n\":\"c1\"", "\"k\":\"note\",\"text\":\"c1\""))
          .find("c1 is down, so this cannot happen there") != std::string::npos);
  CHECK(said("rpc-semantics", [](Lines& lines) {
          std::string& line = lines[find_line(lines, {"\"again\""})];
          replace(line, "\"cause\":" + number(line, "cause"), "\"cause\":1");
        }).find("its client does not wait for what it asks again") != std::string::npos);
}

TEST_CASE("trace check: of a trace that was cut off, the part that is there is judged") {
  const auto scenario = scenario_of(lossy);
  const std::string good = trace_of(scenario);
  const Checked check = check_text(good.substr(0, good.size() / 2), scenario);
  CHECK(check.truncated);
  CHECK(check.error.find("the last good record is e") != std::string::npos);
  CHECK(check.contradictions == Lines{});
  REQUIRE(check.outcome);
  CHECK(check.outcome->verdict == Verdict::inconclusive);
  CHECK(check.outcome->reason == "the trace was cut off");
}

}  // namespace quorate::testing
