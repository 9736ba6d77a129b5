// The `profile` part: what a run is for, safety or liveness.
#include <algorithm>

#include "sim/scenario/loader_context.hpp"

namespace quorate::loader {
namespace {

// The fault that a profile of liveness adds, and what expectations of it count from.
constexpr std::string_view settling = "gst";

const Fault* fault_called(const Scenario& scenario, std::string_view id) {
  const auto found = std::ranges::find(scenario.faults, id, &Fault::id);
  return found == scenario.faults.end() ? nullptr : &*found;
}

// When the network settles, a majority does.
void add_settling(Context& context, ObjectReader& in, SourcePosition at) {
  Scenario& scenario = context.scenario;
  if (scenario.network.gst == Time::never()) {
    in.error("profile", ErrorCode::contradiction,
             "\"liveness\" begins when the network settles, which it never does",
             "add \"gst\" and \"delta\" to \"network\"");
    return;
  }
  if (const Fault* taken = fault_called(scenario, settling)) {
    context.diagnostics.error(ErrorCode::name_taken, taken->at,
                              "\"gst\" is the id of what \"profile\" adds to the faults");
    return;
  }
  Fault fault;
  fault.id = settling;
  fault.at = at;
  fault.trigger.at = scenario.network.gst;
  fault.action.verb = Verb::settle;
  fault.action.groups = players(scenario);
  scenario.faults.push_back(std::move(fault));
}

}  // namespace

std::vector<std::vector<NodeId>> players(const Scenario& scenario) {
  std::vector<std::vector<NodeId>> result;
  for (std::uint32_t role = 0; role < 32; ++role) {
    std::vector<NodeId> group;
    for (const NodeId node : scenario.initial_members()) {
      if ((scenario.nodes[node.value].plays >> role & 1) != 0) group.push_back(node);
    }
    if (!group.empty()) result.push_back(std::move(group));
  }
  return result;
}

void read_profile(Context& context, ObjectReader& in) {
  const Value* profile = in.take("profile");
  if (profile == nullptr) return;
  const auto choice =
      read_choice(*profile, "\"profile\"", enum_names<Profile>, context.diagnostics);
  if (!choice) return;
  context.scenario.profile = static_cast<Profile>(*choice);
  if (context.scenario.profile == Profile::liveness) add_settling(context, in, profile->at);
}

void check_profile(Context& context) {
  const Scenario& scenario = context.scenario;
  if (fault_called(scenario, settling) == nullptr || scenario.profile != Profile::liveness) return;
  const bool asks = std::ranges::any_of(scenario.expect,
                                        [](const Expectation& one) { return one.of == settling; });
  if (asks) return;
  const Value* profile = scenario.source.find("profile");
  context.diagnostics.error(
      ErrorCode::contradiction, profile->at, "\"liveness\" asks for nothing good to happen",
      R"(expect it of "gst": {"within": "2s", "of": "gst", "event": "chosen"})");
}

}  // namespace quorate::loader
