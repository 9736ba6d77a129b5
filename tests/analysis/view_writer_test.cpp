// The page of a trace: its data as columns, and nothing in a trace that could be more than data.
#include "analysis/viewer/view_writer.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/support/process.hpp"

namespace quorate::view_test {
namespace {

using Json = nlohmann::json;

const std::string head =
    R"({"quorate_trace":4,"protocol":"raft","protocol_version":3,"seed":"18446744073709551615",)"
    R"("nodes":["n1","n2"],"clients":["c1"],"scenario":{"title":"t"}})"
    "\n";

std::string foot(std::size_t events) {
  return R"({"end":true,"events":)" + std::to_string(events) +
         R"(,"digest":"0000000000000abc","verdict":"pass","diagnosis":[]})"
         "\n";
}

std::string trace_of(const std::vector<std::string>& events) {
  std::string text = head;
  for (std::size_t i = 0; i < events.size(); ++i) {
    text += "{\"i\":" + std::to_string(i) + "," + events[i] + "}\n";
  }
  return text + foot(events.size());
}

std::string page_of(const std::string& trace, const TimeWindow& window = {},
                    const std::vector<std::string>& states = {}) {
  TraceReader reader{std::string_view(trace)};
  StringSink sink;
  const ViewFacts facts{.replay = "quorate replay t.jsonl", .window = window, .epoch_word = "view"};
  CHECK(write_view(reader, sink, facts, [&](std::uint64_t) { return states; }));
  CHECK(reader.error() == "");
  return sink.text;
}

// What stands in the elements of that class.
std::vector<std::string> elements(const std::string& page, const std::string& name) {
  const std::string open = "<script type=\"application/json\" class=\"" + name + "\">";
  std::vector<std::string> found;
  for (std::size_t at = page.find(open); at != page.npos; at = page.find(open, at + 1)) {
    const std::size_t begin = at + open.size();
    found.push_back(page.substr(begin, page.find("</script>", begin) - begin));
  }
  return found;
}

Json element(const std::string& page, const std::string& name) {
  const std::vector<std::string> found = elements(page, name);
  REQUIRE(found.size() == 1);
  return Json::parse(found.front());
}

std::size_t occurrences(const std::string& text, const std::string& word) {
  std::size_t count = 0;
  for (std::size_t at = text.find(word); at != text.npos; at = text.find(word, at + 1)) ++count;
  return count;
}

const std::vector<std::string> exchange{
    R"("t":5,"k":"send","n":"n1","m":7,"to":"n2","type":"Vote","body":{"term":1},"bytes":9)",
    R"("t":5,"k":"drop","n":"n1","m":7,"from":"n1","to":"n2","type":"Vote","why":"loss","cause":0)",
    R"("t":8,"k":"op","client":"c1","serial":1)",
    R"("t":9,"k":"send","n":"n1","m":8,"to":"n2","type":"Vote","body":{"term":1},"bytes":9)",
    R"("t":9,"k":"recv","n":"n2","m":8,"from":"n1","type":"Vote","cause":3,"set":{"term":1})"};

}  // namespace

TEST_CASE("view: events become columns, indices and times as differences") {
  const std::string page = page_of(trace_of(exchange));
  const Json events = element(page, "events");
  CHECK(events["count"] == 5);
  CHECK(events["index"] == Json({0, 1, 1, 1, 1}));
  CHECK(events["time"] == Json({5, 0, 3, 1, 0}));
  CHECK(events["kind"] == Json({0, 2, 8, 0, 1}));
  CHECK(events["node"] == Json({0, 0, 2, 0, 1}));
  CHECK(events["name"] == Json({0, 0, -1, 0, 0}));
  CHECK(events["cause"] == Json({0, 1, 0, 0, 1}));
  CHECK(events["message"] == Json({7, 0, 1, 0}));
  CHECK(events["from"] == Json({0, 0, 0, 0}));
  CHECK(events["to"] == Json({1, 1, 1, 1}));
  CHECK(events["names"] == Json({"Vote"}));
}

TEST_CASE("view: what no column holds stands once per block, as the trace has it") {
  const std::string page = page_of(trace_of(exchange));
  CHECK(element(page, "events")["detail"] == Json({1, 2, 3, 1, 4}));
  CHECK(elements(page, "details") ==
        std::vector<std::string>{"{\"body\":{\"term\":1},\"bytes\":9}\n{\"why\":\"loss\"}\n"
                                 "{\"serial\":1}\n{\"set\":{\"term\":1}}\n"});
}

TEST_CASE("view: header, scenario, states and footer are in the page") {
  const std::string page = page_of(trace_of({}), {}, {R"({"term":0})", R"({"term":4})"});
  const Json header = element(page, "header");
  CHECK(header["seed"] == "18446744073709551615");
  CHECK(header["nodes"] == Json({"n1", "n2"}));
  CHECK(header["clients"] == Json({"c1"}));
  CHECK(header["replay"] == "quorate replay t.jsonl");
  CHECK(header["epoch_word"] == "view");
  CHECK_FALSE(header.contains("from"));
  CHECK(element(page, "scenario")["title"] == "t");
  CHECK(element(page, "states")[1]["term"] == 4);
  CHECK(element(page, "end")["verdict"] == "pass");
  CHECK(elements(page, "events").empty());
}

TEST_CASE("view: a long trace is cut into blocks that go on where the last one ended") {
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < ViewWriter::block_events + 3; ++i) {
    lines.push_back(R"("t":)" + std::to_string(2 * i) + R"(,"k":"timer","n":"n1","name":")" +
                    (i % 2 == 0 ? "a" : "b") + "\"");
  }
  const std::string page = page_of(trace_of(lines));
  const std::vector<std::string> blocks = elements(page, "events");
  REQUIRE(blocks.size() == 2);
  CHECK(Json::parse(blocks[0])["count"] == ViewWriter::block_events);
  const Json second = Json::parse(blocks[1]);
  CHECK(second["count"] == 3);
  CHECK(second["time"] == Json({2, 2, 2}));
  CHECK(second["names"] == Json::array());
  CHECK(second["name"] == Json({0, 1, 0}));
}

TEST_CASE("view: a window holds its own events and what still holds of earlier ones") {
  const std::vector<std::string> lines{
      R"("t":1,"k":"event","n":"n1","name":"role","role":"follower")",
      R"("t":2,"k":"event","n":"n1","name":"role","role":"leader")",
      R"("t":3,"k":"fault","id":"a","do":"isolate n1")",
      R"("t":4,"k":"fault","id":"b","do":"isolate n2")",
      R"("t":5,"k":"heal","id":"a","do":"undo","cause":2)",
      R"("t":6,"k":"send","n":"n1","m":0,"to":"n2","type":"V")",
      R"("t":6,"k":"send","n":"n1","m":1,"to":"n2","type":"V")",
      R"("t":7,"k":"recv","n":"n2","m":0,"from":"n1","type":"V","cause":5)",
      R"("t":10,"k":"timer","n":"n1","name":"x")",
      R"("t":20,"k":"timer","n":"n1","name":"x")",
      R"("t":21,"k":"timer","n":"n1","name":"x")"};
  const std::string page = page_of(trace_of(lines), {Time{10}, Time{20}});
  const Json events = element(page, "events");
  CHECK(events["index"] == Json({1, 2, 3, 2, 1}));  // e1, e3, e6, e8, e9
  CHECK(events["time"] == Json({2, 2, 2, 4, 10}));
  CHECK(element(page, "header")["from"] == 10);
  CHECK(element(page, "header")["to"] == 20);
}

TEST_CASE("view: nothing in a trace can end its element or open another") {
  const std::string evil = "</script><script>alert(1)</script><!-- <script ]]> &lt; \\u003c";
  const std::string clean = page_of(trace_of({}));
  std::string trace = trace_of(
      {R"("t":1,"k":"note","text":")" + evil + "\"",
       R"("t":1,"k":"event","n":"n1","name":")" + evil + R"(","a)" + evil + R"(":")" + evil + "\"",
       R"("t":1,"k":"timer","n":"n1","name":"x","body":<script>alert(1)</script>)"});
  trace.replace(trace.find("\"t\"}"), 3, "\"" + evil + "\"");
  trace.replace(trace.find("[\"n1\",\"n2\""), 10, "[\"n1\",\"" + evil + "\"");
  const std::string page = page_of(trace);
  CHECK(occurrences(page, "alert(1)") > 5);
  for (const char* word : {"<script>", "</script>", "<!--"}) {
    CAPTURE(word);
    const std::size_t blocks = std::string_view(word) == "</script>" ? 2 : 0;  // events, details
    CHECK(occurrences(page, word) == occurrences(clean, word) + blocks);
  }
  CHECK(element(page, "scenario")["title"] == evil.substr(0, evil.size() - 6) + "<");
  CHECK(without_markup("a<b<") == "a\\u003cb\\u003c");
}

TEST_CASE("view: the page allows its own script and style by their hash, and nothing else") {
  const std::string page = page_of(trace_of({}));
  const std::size_t at = page.find("Content-Security-Policy");
  REQUIRE(at != page.npos);
  const std::string policy = page.substr(at, page.find('>', at) - at);
  CHECK(policy.find("default-src 'none'; script-src 'sha256-") != policy.npos);
  CHECK(policy.find("style-src 'sha256-") != policy.npos);
  CHECK(policy.find("unsafe") == policy.npos);
  CHECK(page.find("@SCRIPT") == page.npos);
  CHECK(page.find("http://") == page.npos);
  CHECK(page.find("https://") == page.npos);
  CHECK(page.find(" style=\"") == page.npos);
}

TEST_CASE("view: the page knows the kinds of events by the numbers of this program") {
  const std::string script = testing::contents(testing::source("analysis/viewer/trace_data.js"));
  const std::size_t begin = script.find("const KINDS = [");
  REQUIRE(begin != script.npos);
  const std::string list = script.substr(begin, script.find(']', begin) - begin);
  std::size_t at = 0;
  for (const std::string_view kind : enum_names<Kind>) {
    const std::size_t found = list.find("\"" + std::string(kind) + "\"", at);
    CHECK_MESSAGE(found != list.npos, kind);
    at = found;
  }
  CHECK(static_cast<std::size_t>(std::ranges::count(list, ',')) == enum_names<Kind>.size());
}

}  // namespace quorate::view_test
