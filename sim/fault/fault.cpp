// Faults in words: what fault lines in traces and stories say.
#include "sim/fault/fault.hpp"
#include "sim/base/words.hpp"

namespace quorate {
namespace {

std::string name_of(NodeId node, NodeNames names) {
  return node.value < names.size() ? names[node.value] : "?";
}

std::string list_of(const std::vector<NodeId>& nodes, NodeNames names) {
  std::string text;
  for (const NodeId node : nodes) {
    if (!text.empty()) text += ' ';
    text += name_of(node, names);
  }
  return text;
}

std::string sides(const std::vector<std::vector<NodeId>>& groups, NodeNames names) {
  std::string text;
  for (const std::vector<NodeId>& group : groups) {
    if (group.empty()) continue;
    text += text.empty() ? " " : " | ";
    text += list_of(group, names);
  }
  return text;
}

std::string crash_moment(const Action& action) {
  if (!action.moment) return {};
  const std::string nth = action.nth == 1 ? "" : ordinal(action.nth) + " ";
  const std::string which = nth.empty() ? "a " : "its " + nth;
  switch (*action.moment) {
    case CrashMoment::before_persist:
      return nth.empty() ? " before it writes to disk" : " before its " + nth + "write to disk";
    case CrashMoment::during_persist:
      return " before its " + nth + "write is on disk";
    case CrashMoment::sync_error:
      return " as its disk answers " + which + "sync with an error";
    case CrashMoment::short_write:
      return " as its disk answers " + which +
             "write with an error, of which the beginning may be there";
    case CrashMoment::after_persist:
      return " once its " + nth + "write is on disk, before what waited is sent";
    case CrashMoment::after_sends:
      break;
  }
  const std::string what =
      action.message.empty() ? action.nth == 1 ? "send" : "sends" : action.message;
  return " after " + std::to_string(action.nth) + " " + what + " of one handler";
}

std::string under_way(const Action& action) {
  return action.in_flight == InFlight::keep ? ", but not for what is on its way" : "";
}

std::string partition(const Action& action, NodeNames names) {
  const std::string one_way = (action.one_way ? ", one way" : "") + under_way(action);
  const std::string whom = describe(action.target, names);
  switch (action.shape) {
    case PartitionShape::isolate:
      return "isolate " + whom + one_way;
    case PartitionShape::bridge:
      return "partition" + sides(action.groups, names) + ", bridged by " + whom + one_way;
    case PartitionShape::random_halves:
      return "partition random halves" + one_way;
    case PartitionShape::majorities_ring:
      return "partition into a ring of majorities" + under_way(action);
    case PartitionShape::swizzle:
      return "swizzle " + whom + one_way;
    case PartitionShape::groups:
      break;
  }
  return "partition" + sides(action.groups, names) + one_way;
}

// " n1 -> n2"; nothing where neither end is named.
std::string ends(const Selector& from, const Selector& to, NodeNames names) {
  const bool any_from = from.kind == Selector::Kind::none;
  const bool any_to = to.kind == Selector::Kind::none;
  if (any_from && any_to) return {};
  return " " + (any_from ? "anybody" : describe(from, names)) + " -> " +
         (any_to ? "anybody" : describe(to, names));
}

// How a rule on messages is narrowed down.
std::string limits(const Action& action) {
  std::string text;
  if (!(action.chance == certainty)) text += ", " + to_text(action.chance);
  if (action.count != ~std::uint64_t{0}) text += ", at most " + std::to_string(action.count);
  return text;
}

std::string messages(const Action& action) {
  return action.message.empty() ? "messages" : action.message;
}

std::string omission(const Action& action, NodeNames names) {
  const std::string sent = "send " + messages(action) + ends(action.target, action.to, names);
  const std::string received =
      "receive " + messages(action) + ends(action.from, action.target, names);
  const std::string what = action.side == OmissionSide::send      ? sent
                           : action.side == OmissionSide::receive ? received
                                                                  : sent + ", and to " + received;
  return "omit to " + what + limits(action);
}

// "granted of Vote -> n1"
std::string said_of(const Action& action, std::string_view field, NodeNames names) {
  const std::string what = action.deceit->field.empty() ? std::string(field) : action.deceit->field;
  return what + " of " + messages(action) + ends({}, action.to, names);
}

std::string how_it_lies(const Action& action, NodeNames names) {
  const Deceit& deceit = *action.deceit;
  const std::string sent = messages(action) + ends({}, action.to, names);
  const std::string told = said_of(action, "something", names);
  switch (deceit.strategy) {
    case Strategy::silent:
      return "say nothing where it should send " + sent;
    case Strategy::equivocate:
      return "tell each another " + said_of(action, "thing", names);
    case Strategy::alter:
      if (deceit.value) return "say " + to_json(*deceit.value) + " for " + told;
      return deceit.by ? "add " + std::to_string(*deceit.by) + " to " + told : "alter " + told;
    case Strategy::forge:
      return "sign " + sent + " with the name of " +
             (deceit.as == no_node ? "another" : name_of(deceit.as, names));
    case Strategy::replay:
      return "send old " + sent + " once more";
    case Strategy::collude:
      return (deceit.value ? "agree on " + to_json(*deceit.value) + " for " : "agree on ") + told;
    case Strategy::delay:
      break;
  }
  return "hold back " + sent + " for " + (deceit.wait ? to_text(*deceit.wait) : "a while");
}

// "200ppm" of "+200ppm".
std::string without_sign(const std::string& text) {
  return text.substr(text.starts_with('-') || text.starts_with('+') ? 1 : 0);
}

std::string smear_of(const Smear& smear, const std::string& whom) {
  const bool back = smear.by < Duration{};
  return "smear the wall clock of " + whom + (back ? " back by " : " forward by ") +
         without_sign(shift_text(smear.by)) + " over " + to_text(smear.over);
}

std::string clock_change(const Action& action, const std::string& whom) {
  if (action.jitter) {
    return "let timers of " + whom + " go off up to " + to_text(*action.jitter) + " early or late";
  }
  if (action.strobe != Duration{}) {
    return "set the wall clock of " + whom + " ahead or back by " + to_text(action.strobe) +
           " every " + to_text(action.strobe_every);
  }
  if (action.smear) return smear_of(*action.smear, whom);
  if (!action.drift) {
    const bool back = action.jump < Duration{};
    return "set the wall clock of " + whom + (back ? " back by " : " forward by ") +
           without_sign(shift_text(action.jump));
  }
  if (*action.drift == frozen) return "freeze the clock of " + whom;
  if (*action.drift == Drift{}) return "let the clock of " + whom + " run true";
  return "let the clock of " + whom + " run " + without_sign(to_text(*action.drift)) +
         (action.drift->ppb < 0 ? " slow" : " fast");
}

// "election", "silence (node n2)"
std::string timer_of(const Action& action) {
  std::string fields;
  for (const Member& field : action.where) {
    const std::string value =
        field.value.kind == Value::Kind::string ? field.value.text : to_json(field.value);
    fields += (fields.empty() ? " (" : ", ") + field.key + " " + value;
  }
  return action.timer + fields + (fields.empty() ? "" : ")");
}

std::string version_of(const Action& action) {
  std::string bugs;
  for (const std::string& bug : action.bugs) bugs += (bugs.empty() ? "" : " ") + bug;
  return bugs.empty() ? "" : " as a version with " + bugs;
}

std::string work_change(const Action& action, const std::string& whom) {
  if (action.scramble) return "let something in the memory of " + whom + " become another";
  const std::string times = action.slow ? std::to_string(*action.slow) + " times " : "";
  const std::string length = action.cost ? to_text(*action.cost) : "as long";
  return "let " + whom + " take " + times + length + " over each handler";
}

std::string disk_harm(const DiskHarm& harm, const std::string& whom, NodeNames names) {
  const std::string disk = "the disk of " + whom;
  switch (harm.act) {
    case DiskAct::rot:
      return "let something rot on " + disk;
    case DiskAct::misdirect:
      return "let the newest entry of a log on " + disk + " lie where another was";
    case DiskAct::read_error:
      return "let " + disk + " answer a read with an error";
    case DiskAct::truncate:
      return "truncate what is on " + disk + " by " + std::to_string(harm.entries) +
             (harm.entries == 1 ? " entry" : " entries");
    case DiskAct::swap:
      return "exchange " + disk + " for that of " + names[harm.other.value];
    case DiskAct::snapshot:
      return "take a snapshot of " + disk;
    case DiskAct::short_read:
      return "let only the beginning of a log on " + disk + " be read";
    case DiskAct::misread:
      return "let an entry of a log on " + disk + " be read where another is";
    case DiskAct::restore:
      break;
  }
  return "set " + disk + " back to its snapshot";
}

std::string disk_change(const Action& action, const std::string& whom) {
  if (action.stall) return "stall the disk of " + whom;
  if (action.lie) return "let the disk of " + whom + " lie";
  if (action.full) return "fill the disk of " + whom;
  if (action.read_only) return "mount the disk of " + whom + " read-only";
  const std::string length = action.sync ? to_text(*action.sync) : "as long as ever";
  return "let the disk of " + whom + " take " + length + " over each write";
}

std::string of_fault(const std::string& fault, std::string_view all) {
  return " " + (fault.empty() ? std::string(all) : fault);
}

// " at n1 or n2": where an event is waited for; nothing where that is anywhere.
std::string place(const Selector& selector, NodeNames names) {
  std::string words;
  switch (selector.kind) {
    case Selector::Kind::none:
    case Selector::Kind::all:
      break;
    case Selector::Kind::role:
    case Selector::Kind::random:
      return " at any " + (selector.name.empty() ? std::string("node") : selector.name);
    case Selector::Kind::nodes:
      for (const NodeId node : selector.nodes) {
        words += (words.empty() ? " at " : " or ") + name_of(node, names);
      }
      break;
    case Selector::Kind::leader:
    case Selector::Kind::fault_node:
      return " at " + describe(selector, names);
  }
  return words;
}

}  // namespace

bool swizzles(const Action& action) {
  return action.verb == Verb::partition && action.shape == PartitionShape::swizzle;
}

bool lies_by(const Action& action, Strategy strategy) {
  return action.deceit && action.deceit->strategy == strategy;
}

std::string describe(const Selector& selector, NodeNames names) {
  switch (selector.kind) {
    case Selector::Kind::none:
      return "nobody";
    case Selector::Kind::nodes:
      return list_of(selector.nodes, names);
    case Selector::Kind::all:
      return "every node";
    case Selector::Kind::role:
      return "every " + selector.name;
    case Selector::Kind::random:
      return "a random " + (selector.name.empty() ? std::string("node") : selector.name);
    case Selector::Kind::leader:
      return "the leader";
    case Selector::Kind::fault_node:
      return "whom " + selector.name + " hit";
  }
  return {};
}

std::string describe(const EventPattern& pattern, NodeNames names) {
  std::string words = "`" + pattern.event + "` event";
  if (!pattern.message.empty()) words += " of " + pattern.message;
  return words + place(pattern.node, names);
}

std::string describe(const StatePattern& pattern) {
  const std::string role = pattern.role.empty() ? "node" : pattern.role;
  switch (pattern.quantifier) {
    case Quantifier::all:
      return "every live " + role + " is " + pattern.is;
    case Quantifier::any:
      return "a live " + role + " is " + pattern.is;
    case Quantifier::one:
      return "exactly one live " + role + " is " + pattern.is;
    case Quantifier::majority:
      return "more than half of all " + role + "s are live and " + pattern.is;
  }
  return {};
}

std::string describe(const Action& action, NodeNames names) {
  const std::string whom = describe(action.target, names);
  switch (action.verb) {
    case Verb::crash:
      return "crash " + whom + crash_moment(action);
    case Verb::restart:
      return "restart " + whom + (action.amnesia ? " with an empty disk" : "") + version_of(action);
    case Verb::pause:
      return "pause " + whom;
    case Verb::resume:
      return "resume " + whom;
    case Verb::partition:
      return partition(action, names);
    case Verb::cut:
      return "cut" + ends(action.from, action.to, names) + under_way(action);
    case Verb::heal:
      return "heal" + of_fault(action.fault, "the network");
    case Verb::omit:
      return omission(action, names);
    case Verb::hold:
      return "hold " + messages(action) + ends(action.from, action.to, names) + limits(action);
    case Verb::release:
      return "release" + of_fault(action.fault, "whatever is held");
    case Verb::fire:
      return "fire " + timer_of(action) + " at " + whom;
    case Verb::postpone:
      return "postpone " + timer_of(action) + " at " + whom + " by " + to_text(*action.later);
    case Verb::request:
      return "request " + to_text(action.operation) + " at " + whom;
    case Verb::clock:
      return clock_change(action, whom);
    case Verb::replay:
      return "replay " + (action.message.empty() ? "that message" : action.message);
    case Verb::node:
      return work_change(action, whom);
    case Verb::disk:
      return action.harm ? disk_harm(*action.harm, whom, names) : disk_change(action, whom);
    case Verb::settle:
      return "settle " + whom;
    case Verb::byzantine:
      return "let " + whom + " lie: " + how_it_lies(action, names) + limits(action);
    case Verb::link:
      return "set links" + ends(action.from, action.to, names) + " to " +
             (action.settings == nullptr ? "nothing" : to_text(*action.settings));
  }
  return {};
}

}  // namespace quorate
