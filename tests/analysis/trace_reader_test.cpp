#include "analysis/trace_reader.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "sim/trace/event.hpp"

using namespace quorate;

namespace {

const std::string head =
    R"({"quorate_trace":4,"protocol":"raft","protocol_version":2,"seed":"18446744073709551615",)"
    R"("nodes":["n1","n2"],"clients":["c\"1"],"scenario":{"quorate":1,"nodes":2}})"
    "\n";
const std::string foot = R"({"end":true,"events":2,"digest":"0000000000000abc","verdict":"pass",)"
                         R"("diagnosis":["blocked"],"messages":{},"client_messages":{}})"
                         "\n";
const std::string event0 = "{\"i\":0,\"t\":5,\"k\":\"crash\",\"n\":\"n2\"}\n";
const std::string event1 =
    "{\"i\":1,\"t\":6,\"k\":\"note\",\"n\":\"c\\\"1\",\"text\":\"a\\u0041\",\"cause\":0}\n";

std::string error_of(const std::string& text) {
  TraceReader reader(text);
  while (reader.next()) {
  }
  return reader.error();
}

std::string error_of_lines(const std::string& lines) { return error_of(head + lines + foot); }

bool says(const std::string& error, std::string_view part) {
  INFO(error);
  return error.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a trace is read back as it was written") {
  TraceHeader header;
  header.protocol = "raft";
  header.protocol_version = 3;
  header.seed = 42;
  header.nodes = {"n1", "n2"};
  header.clients = {"c1"};
  header.scenario = R"({"quorate":1,"title":"a \"b\""})";
  header.level = TraceLevel::events;
  StringSink sink;
  TraceWriter writer(sink, header);
  const Elected elected{7};
  Record record;
  record.index = 0;
  record.time = Time{9};
  record.kind = Kind::event;
  record.node = NodeId{1};
  record.body = AnyRef::to(elected);
  writer.on(record, nullptr);
  record.index = 1;
  record.cause = 0;
  record.kind = Kind::crash;
  writer.on(record, nullptr);
  TraceFooter footer;
  footer.events = 2;
  footer.digest = 0xFEDC'BA98'7654'3210;
  footer.verdict = "inconclusive";
  CHECK(writer.finish(footer));

  TraceReader reader(sink.text);
  REQUIRE(reader.error().empty());
  CHECK(reader.header().protocol == "raft");
  CHECK(reader.header().protocol_version == 3);
  CHECK(reader.header().seed == 42);
  CHECK(reader.header().scenario == header.scenario);
  CHECK(reader.header().level == TraceLevel::events);
  CHECK(reader.names() == std::vector<std::string>{"n1", "n2", "c1"});
  const auto first = reader.next();
  REQUIRE(first.has_value());
  CHECK(first->index == 0);
  CHECK(first->time == Time{9});
  CHECK(first->kind == Kind::event);
  CHECK(first->node == NodeId{1});
  CHECK(first->cause == no_cause);
  CHECK(first->members.text("name") == "elected");
  CHECK(first->members.number("epoch") == 7);
  CHECK(first->line == R"({"i":0,"t":9,"k":"event","n":"n2","name":"elected","epoch":7})");
  CHECK(sink.text.substr(first->offset, first->line.size()) == first->line);
  const auto second = reader.next();
  REQUIRE(second.has_value());
  CHECK(second->cause == 0);
  CHECK_FALSE(reader.next().has_value());
  CHECK(reader.error().empty());
  REQUIRE(reader.end().has_value());
  CHECK(reader.end()->events == 2);
  CHECK(reader.end()->digest == "fedcba9876543210");
  CHECK(reader.end()->verdict == "inconclusive");
  CHECK_FALSE(reader.next().has_value());
}

TEST_CASE("a trace read piece by piece is the trace read whole, whatever the pieces") {
  std::string text = head;
  for (int i = 0; i < 300; ++i) {
    text += "{\"i\":" + std::to_string(i) + ",\"t\":5,\"k\":\"note\",\"text\":\"" +
            std::string(static_cast<std::size_t>(i * i), 'x') + "\"}\n";
  }
  std::string end = foot;
  text += end.replace(end.find("\"events\":2"), 10, "\"events\":300");
  TraceReader whole(text);
  for (const std::size_t piece :
       {std::size_t{7}, std::size_t{1} << 10, std::size_t{65'537}, text.size()}) {
    CAPTURE(piece);
    std::size_t at = 0;
    TraceReader reader([&](char* target, std::size_t most) {
      const std::size_t count = std::min({most, piece, text.size() - at});
      text.copy(target, count, at);
      at += count;
      return count;
    });
    std::vector<TraceLine> lines;
    while (auto line = reader.next()) lines.push_back(*std::move(line));
    CHECK(reader.error().empty());
    CHECK(reader.end().has_value());
    REQUIRE(lines.size() == 300);
    for (const TraceLine& line : lines) {
      CHECK(text.compare(line.offset, line.line.size() + 1, std::string(line.line) + "\n") == 0);
      CHECK(line.members.number("i") == line.index);
    }
    while (whole.next()) {
    }
    CHECK(reader.checksum() == whole.checksum());
  }
}

TEST_CASE("a file that is no trace is told by what it is, with what may be done") {
  const auto refused = [](const std::string& text, std::string_view fault,
                          std::string_view advice) {
    const TraceReader reader(text);
    CHECK(says(reader.error(), fault));
    CHECK(reader.advice().find(advice) != std::string::npos);
    CHECK_FALSE(reader.has_header());
  };
  const std::string text = head + event0 + event1 + foot;
  refused("", "byte 0: it is empty", "quorate run");
  refused("{\n  \"quorate\": 1\n}\n", "no trace header", "quorate run");
  refused(
      "\x7F"
      "ELF",
      "no trace header", "quorate run");
  refused("\x1F\x8B\x08" + text, "it is compressed", "unpack it first");
  refused("\x28\xB5\x2F\xFD" + text, "it is compressed", "unpack it first");
  refused("\xEF\xBB\xBF" + text, "byte order mark", "take the file as quorate wrote it");
  refused("\xFF\xFE{", "it is UTF-16", "take the file as quorate wrote it");
  refused(head.substr(0, head.size() - 1) + "\r\n" + event0, "its lines end in \\r\\n",
          "take the file as quorate wrote it");
  refused(head.substr(0, 40), "it ends inside its first line", "");
  refused("{\"quorate_trace\":1}\n", "version 1 of the format", "use the quorate that wrote it");
}

TEST_CASE("no byte stands in a trace that JSON does not allow") {
  const auto told = [](const std::string& text) {
    return error_of_lines("{\"i\":0,\"t\":5,\"k\":\"note\",\"text\":\"" + text + "\"}\n" + event1);
  };
  CHECK(told("caf\xC3\xA9 \x7F ~") == "");
  CHECK(says(told("ab\xFF"), "a line holds, as its byte 35, one that is not UTF-8"));
  CHECK(says(told(std::string("ab\0c", 4)), "a line holds, as its byte 35, the control character"));
  CHECK(says(told("a\rb"), "the control character"));
  for (std::size_t at = 0; at < 20; ++at) {
    std::string text(20, 'x');
    for (const char byte : {'\0', '\x1F', '\x80'}) {
      text[at] = byte;
      CHECK(says(told(text), "byte " + std::to_string(33 + at) + ", "));
    }
  }
}

TEST_CASE("members are parsed when asked for") {
  const std::string text = head + event0 + event1 + foot;
  TraceReader reader(text);
  CHECK(reader.header().seed == 18446744073709551615u);
  CHECK(reader.header().scenario == R"({"quorate":1,"nodes":2})");
  REQUIRE(reader.next().has_value());
  const auto note = reader.next();
  REQUIRE(note.has_value());
  CHECK(note->node == NodeId{2});
  CHECK(note->members.text("text") == "aA");
  CHECK(note->members.raw("text") == R"("a\u0041")");
  CHECK_FALSE(note->members.text("absent").has_value());
  CHECK_FALSE(note->members.number("text").has_value());
  CHECK_FALSE(note->members.text("cause").has_value());
  CHECK(note->members.value("cause")->integer == 0);
  CHECK_FALSE(reader.next().has_value());
  REQUIRE(reader.end().has_value());
  CHECK(reader.end()->diagnosis == std::vector<std::string>{"blocked"});
}

TEST_CASE("unknown fields are accepted, spaces too, and unknown kinds skipped and counted") {
  const std::string text =
      head +
      "{ \"i\" : 0, \"t\":5 ,\"k\":\"crash\",\"n\":\"n2\",\"new\":{\"a\":[1,\"}\"]} }\n"
      "{\"i\":1,\"t\":5,\"k\":\"teleport\"}\n" +
      foot;
  TraceReader reader(text);
  const auto crash = reader.next();
  REQUIRE(crash.has_value());
  CHECK(crash->members.raw("new") == "{\"a\":[1,\"}\"]}");
  CHECK_FALSE(reader.next().has_value());
  CHECK(reader.error().empty());
  CHECK(reader.skipped() == 1);
}

TEST_CASE("another version of the format is refused, naming both") {
  std::string text = head + foot;
  text.replace(text.find(":4,"), 3, ":5,");
  CHECK(error_of(text) ==
        "bad trace at byte 0: it was written in version 5 of the format; this program reads "
        "version 4");
}

TEST_CASE("a trace cut off anywhere tells its last good record") {
  const std::string text = head + event0 + event1 + foot;
  const std::size_t first = head.size();
  const std::size_t second = first + event0.size();
  for (std::size_t length = 0; length < text.size(); ++length) {
    const std::string cut = text.substr(0, length);
    TraceReader reader(cut);
    std::size_t records = 0;
    while (reader.next()) ++records;
    CAPTURE(length);
    CHECK(reader.truncated());
    CHECK_FALSE(reader.end().has_value());
    const std::size_t whole = second + event1.size();
    CHECK(records == (length >= whole ? 2u : length >= second ? 1u : 0u));
  }
  CHECK(error_of(text.substr(0, second + 10)) ==
        "bad trace at byte " + std::to_string(second) +
            ": it ends before its footer; the last good record is e0 at byte " +
            std::to_string(first));
}

TEST_CASE("the structure of a trace is checked strictly") {
  CHECK(error_of(head + event0 + event1 + foot).empty());
  CHECK(says(error_of("{}\n"), "its first line is no trace header"));
  CHECK(says(error_of("hello\n"), "its first line is no trace header"));
  CHECK(says(error_of_lines(event0 + "\n"), "a line does not begin with {"));
  CHECK(says(error_of_lines(event0 + "{\"i\":1,\"t\":[6,\"k\":\"note\"}\n"),
             "no complete JSON object"));
  CHECK(says(error_of_lines(event0 + "{\"i\":1,\"t\":6,\"k\":\"note\"]\n"),
             "no complete JSON object"));
  CHECK(says(error_of_lines(event0 + "{\"i\":1,\"t\":6,\"k\":\"note\"} x\n"),
             "goes on after its end"));
  CHECK(says(error_of_lines(event0 + "{\"i\":1,\"i\":1,\"t\":6,\"k\":\"note\"}\n"),
             "key \"i\" twice"));
  CHECK(says(error_of_lines(event0 + "{\"i\":1,\"t\":6}\n"), "a line has no kind"));
  CHECK(
      says(error_of_lines(event0 + "{\"i\":1,\"t\":-6,\"k\":\"note\"}\n"), "no index or no time"));
  CHECK(
      says(error_of_lines(event0 + "{\"i\":1.0,\"t\":6,\"k\":\"note\"}\n"), "no index or no time"));
  CHECK(says(error_of_lines(event0 + event0), "event e0 stands after its time"));
  CHECK(says(error_of_lines(event1 + event0), "event e0 is missing before e1"));
  CHECK(says(error_of_lines(event0 + "{\"i\":1,\"t\":4,\"k\":\"note\"}\n"),
             "event e1 lies before the one it follows"));
  CHECK(says(error_of_lines(event0 + "{\"i\":1,\"t\":6,\"k\":\"note\",\"cause\":1}\n"),
             "event e1 is caused by a later one"));
  CHECK(says(error_of_lines(event0 + "{\"i\":1,\"t\":6,\"k\":\"crash\",\"n\":\"n9\"}\n"),
             "event e1 is at a node the header does not name"));
  CHECK(says(error_of_lines(event0), "its footer counts 2 events, but 1 stand before it"));
  CHECK(says(error_of(head + event0 + event1 + foot + event0), "something follows its footer"));
  CHECK(says(error_of(head + event0 + event1 + "{\"end\":true,\"events\":2}\n"),
             "its footer has no"));
  CHECK(says(error_of_lines(event0 + "{\"i\":1,\"t\":6,\"k\":" + std::string(5000, '[') + "\n"),
             "no complete JSON object"));
}

TEST_CASE("a header that lacks something is refused") {
  const auto without = [](std::string_view part, std::string_view instead) {
    std::string text = head + event0 + event1 + foot;
    const std::size_t at = text.find(part);
    REQUIRE(at != std::string::npos);
    return error_of(text.replace(at, part.size(), instead));
  };
  CHECK(says(without("\"protocol\":\"raft\"", "\"protocol\":1"), "names no protocol"));
  CHECK(says(without("\"18446744073709551615\"", "42"), "has no seed"));
  CHECK(says(without("\"18446744073709551615\"", "\"18446744073709551616\""), "has no seed"));
  CHECK(says(without("[\"n1\",\"n2\"]", "[1,2]"), "does not list its nodes"));
  CHECK(says(without("\"scenario\":{", "\"level\":\"loud\",\"scenario\":{"),
             "level that is not known"));
}

TEST_CASE("a trace at a lower level may have gaps") {
  std::string text = head;
  text.replace(text.find("\"nodes\""), 7, "\"level\":\"outline\",\"nodes\"");
  text +=
      "{\"i\":4,\"t\":5,\"k\":\"crash\",\"n\":\"n2\"}\n{\"i\":9,\"t\":5,\"k\":\"crash\",\"n\":"
      "\"n1\"}\n";
  std::string end = foot;
  end.replace(end.find("\"events\":2"), 10, "\"events\":12");
  CHECK(error_of(text + end).empty());
  CHECK(says(error_of(text + foot), "its footer counts 2 events, but 10 stand before it"));
}
