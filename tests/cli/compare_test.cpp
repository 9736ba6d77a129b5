// quorate compare: protocols beside theory, contenders under the same seeds.
#include <doctest/doctest.h>

#include "tests/cli/command_line.hpp"

namespace quorate::testing {

TEST_CASE("cli: one decision of seven protocols costs what theory says") {
  const CommandLine quorate;
  const std::string line = "compare raft multi_paxos paxos 2pc 3pc bully list_ring";
  const Outcome text = quorate(line);
  CHECK(text.status == 0);
  CHECK(has(text.output, "All 19 are what theory says.\n"));
  // 2(n-1), 2k(n-1), 5(n-1), 3N, 5N, n(n-1) and 2n of five.
  const int messages[] = {8, 8, 20, 15, 25, 20, 10};
  std::size_t next = 0;
  const auto json = json_of(quorate(line + " --json").output);
  for (const auto& cost : json["costs"]) {
    CHECK(cost["measured"] == cost["theory"]);
    if (cost["unit"] != "messages") continue;
    REQUIRE(next < std::size(messages));
    CHECK(cost["measured"] == messages[next++]);
  }
  CHECK(next == std::size(messages));
  CHECK(json["schema"] == "quorate/costs/1");
  CHECK(has(quorate("compare raft --nodes 9 --format csv").output,
            "raft,command_writes,writes,n = 9,n,9,9,"));
  CHECK(has(quorate("compare raft --all").output, "From the timeout to the leader"));
}

TEST_CASE("cli: elections of 3 to 30 peers that one notices cost what the closed forms say") {
  const CommandLine quorate;
  const std::string line =
      "compare bully.worst_messages bully.best_messages list_ring.election_messages "
      "chang_roberts.join_worst_messages --nodes 3..30";
  const auto json = json_of(quorate(line + " --json").output);
  REQUIRE(json["costs"].size() == 4 * 28);
  std::size_t next = 0;
  for (int n = 3; n <= 30; ++n) {
    for (const int messages : {n * (n - 1), n, 2 * n, 3 * n - 1}) {
      const auto& cost = json["costs"][next++];
      CHECK(cost["nodes"] == n);
      CHECK(cost["measured"] == messages);
      CHECK(cost["theory"] == messages);
    }
  }
  const Outcome text = quorate(line + " --csv elections.csv");
  CHECK(text.status == 0);
  CHECK(has(text.output, "All 112 are what theory says.\n"));
  CHECK(has(text.output, "n(n-1)"));
  const std::string rows = quorate.read("elections.csv");
  CHECK(
      rows.starts_with("cost,nodes,seed,verdict,messages,theory\n"
                       "bully.worst_messages,3,1,pass,6,6\n"));
  CHECK(has(rows, "\nlist_ring.election_messages,30,1,pass,60,60\n"));
  CHECK(quorate(line + " --csv elections.csv").status == 73);
  CHECK(quorate(line + " --csv elections.csv --force").status == 0);
  CHECK(quorate("compare list_ring --nodes 3 --csv both.csv").status == 0);
  CHECK(quorate.read("both.csv") ==
        "cost,nodes,seed,verdict,messages,delays,theory\n"
        "list_ring.election_messages,3,1,pass,6,,6\n"
        "list_ring.election_delays,3,1,pass,,6,6\n");
  // One number of nodes is a list, one cost of it a line.
  CHECK(has(quorate("compare bully.best_messages --nodes 4").output, "All 1 are"));
  CHECK(has(quorate("compare bully.best_messages bully --nodes 3..4").output, "All 6 are"));
}

TEST_CASE("cli: the rows of a comparison are those of a sweep") {
  const CommandLine quorate;
  const std::string variants = " good.json --vary network.loss=0%,20% --seeds 3..7 --csv ";
  CHECK(quorate("compare" + variants + "compared.csv").status == 0);
  quorate("sweep" + variants + "swept.csv");
  CHECK_FALSE(quorate.read("compared.csv").empty());
  CHECK(quorate.read("compared.csv") == quorate.read("swept.csv"));
  CHECK(quorate("compare coin.json good.json --seeds 1..2 --csv files.csv").status == 0);
  CHECK(quorate.read("files.csv").starts_with("contender,seed,verdict,"));
  CHECK(has(quorate.read("files.csv"), "\ngood,2,pass,"));
  CHECK(quorate("compare coin.json good.json --csv good.json --force").status == 2);
}

TEST_CASE("cli: contenders are compared under the same seeds, whatever --jobs is") {
  const CommandLine quorate;
  const std::string line = "compare good.json --vary network.loss=0%,20% --seeds 3..42";
  const Outcome one = quorate(line + " -j 1");
  CHECK(one.status == 0);
  CHECK(has(one.output, "2 contenders · seeds 3..42\n"));
  CHECK(has(one.output, "Against network.loss=0%, network.loss=20% has "));
  CHECK(quorate(line + " -j 3").output == one.output);
  CHECK(quorate(line + " -j 1 --json").output == quorate(line + " -j 2 --json").output);
  const std::string csv = quorate(line + " --metric ops.acked --format csv").output;
  // Twenty operations, all answered under every seed where nothing is lost.
  CHECK(has(csv, "ops.acked,operations,network.loss=0%,40,20.000000,20.000000,20.000000,,,\n"));
  CHECK(has(csv, "ops.acked,operations,network.loss=20%,40,"));
}

TEST_CASE("cli: a comparison's mean is the mean of what single runs say") {
  const CommandLine quorate;
  const auto json = json_of(quorate("compare coin.json good.json --seeds 1..5 --json "
                                    "--metric messages.sent --metric latency_us_max")
                                .output);
  CHECK(json["schema"] == "quorate/compare/1");
  REQUIRE(json["contenders"].size() == 2);
  CHECK(json["contenders"][0] == "coin");
  for (std::size_t metric = 0; metric < 2; ++metric) {
    const std::string name = json["quantities"][metric]["name"];
    double sum = 0;
    for (int seed = 1; seed <= 5; ++seed) {
      sum += json_of(quorate("run good.json --json --seed " + std::to_string(seed))
                         .output)["metrics"][name]
                 .get<double>();
    }
    const auto& good = json["quantities"][metric]["contenders"][1];
    CHECK(good["estimate"]["mean"].get<double>() == doctest::Approx(sum / 5));
    CHECK(good["estimate"]["runs"] == 5);
  }
}

TEST_CASE("cli: what a contender cannot answer is said, and is no zero") {
  const CommandLine quorate;
  const Outcome none = quorate("compare good.json --metric first_leader_at_us --seeds 1..3");
  CHECK(none.status == 0);
  CHECK(has(none.output, "  -  in no run  n 0\n"));
  CHECK(has(quorate("compare good.json --metric ops.acked --format markdown --seeds 1..3").output,
            "| ops.acked | echo | 20.00 | 20.00 .. 20.00 | 3 |  |\n"));
}

TEST_CASE("cli: a comparison says of how many runs each mean is") {
  const CommandLine quorate;
  const Outcome text = quorate("compare good.json --seeds 1..6 --metric latency_us_p99");
  CHECK(has(text.output, " .. "));
  CHECK(has(text.output, "  n 6\n"));
}

// 2PC decides only where its coordinator lives on, in two delays. 3PC takes four, or after a crash
// another time; where both decide it takes twice as long, whatever its other runs took.
TEST_CASE("cli: a comparison is one of seeds under which both have a value, and says of how many") {
  const CommandLine quorate;
  const std::string text =
      quorate("compare " + source("scenarios/3pc/coordinator-dies.json").string() +
              " --protocols 2pc,3pc --seeds 1..60 "
              "--metric decision_delays_p50")
          .output;
  INFO(text);
  CHECK(has(text, "  2.00  2.00 .. 2.00  n 42\n"));
  CHECK(has(text, "  n 57  2.00 times (42 pairs)\n"));
  CHECK(has(text, "3pc has 2.00 times decision_delays_p50 (42 pairs)."));
}

TEST_CASE("cli: what cannot be compared") {
  const CommandLine quorate;
  const std::pair<const char*, const char*> refused[] = {
      {"compare", "compare needs PROTOCOL[.COST]... | FILE..."},
      {"compare raft --seeds 1..5", "--seeds means nothing"},
      {"compare trivial_consensus", "there is nothing to compare"},
      {"compare raft nosuch", "\"nosuch\" is neither a protocol nor a file"},
      {"compare raft multi_paxo", "did you mean \"multi_paxos\"?"},
      {"compare raft good.json", "\"raft\" is a protocol and \"good.json\" a scenario"},
      {"compare good.json --seeds 0..2000000000", "more than a thousand million runs are too many"},
      {"compare raft --nodes 0", "from 1 to 1000"},
      {"compare bully --nodes 9..3", "from 1 to 1000"},
      {"compare bully.worst_message", "did you mean \"worst_messages\"?"},
      {"compare raft --nodes 200", "is not declared for 200 nodes"},
      {"compare good.json --nodes 3", "--nodes means nothing"},
      {"compare good.json --metric ops", "no metric \"ops\""},
      {"compare good.json --format pdf", "text, markdown or csv"},
      {"compare good.json --protocols echo,", "holds an empty name"},
      {"compare good.json --jobs 0", "from 1 to 1024"},
  };
  for (const auto& one : refused) {
    const std::string line = one.first;
    CAPTURE(line);
    const Outcome outcome = quorate(line);
    CHECK(outcome.status == 2);
    CHECK(has(outcome.errors, one.second));
    CHECK(outcome.output.empty());
  }
  CHECK(quorate("compare bad.json").status == 3);
  CHECK(quorate("compare nowhere.json").status == 3);
  CHECK(quorate("compare good.json --protocols echo,rafft").status == 3);
}

}  // namespace quorate::testing
