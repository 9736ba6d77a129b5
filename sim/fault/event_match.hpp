// Whether one record is what an EventPattern describes:
// what triggers, expectations and stop conditions share. Counting to the nth match,
// and selectors that depend on the run, are left to the caller.
#pragma once

#include <string_view>

#include "sim/fault/fault.hpp"
#include "sim/trace/record.hpp"

namespace quorate {

class EventMatcher {
 public:
  EventMatcher() = default;  // matches nothing
  // Copies what it needs. The name of a kind (`recv`, `crash`) means that kind; any other name
  // means a protocol's event of that name (`elected`).
  explicit EventMatcher(const EventPattern& pattern);

  // One comparison: whether it is worth calling matches() for records of this kind.
  bool could_match(Kind kind) const { return active_ && kind == kind_; }
  Kind kind() const { return kind_; }  // the only kind it could match
  // Whether the record has the right name and message, wherever it happened. REQUIRES could_match.
  bool named(const Record& record) const;
  // Ignores `nth`, and any node selector but explicit nodes. `names` are nodes, then clients. Cheap
  // until `fields` must be compared, which prints the body once.
  //
  // A field is looked up in the body of the event, message, timer, operation or result, then among
  // those of the line: `name` (event, timer), `from`, `to` (messages), `why` (drop), `field`
  // (alter), `id` (fault, heal), `property` (violation), `client` (op, ack).
  bool matches(const Record& record, NodeNames names) const;

 private:
  bool at_node(const Record& record) const;
  bool fields_match(const Record& record, NodeNames names) const;

  bool active_{};
  Kind kind_{};
  bool any_event_{};  // the pattern says `event`: every protocol event
  EventPattern pattern_;
};

// Whether `type_name` in snake_case is `name`: "RequestVote" and "request_vote". Allocates nothing.
bool is_snake_case_of(std::string_view name, std::string_view type_name);

// Whether `text` fits `pattern`, whose last character may be '*' for any rest.
bool glob_match(std::string_view pattern, std::string_view text);

// Whether compact JSON text (as JsonWriter writes it) is the value a user wrote. Objects in
// `wanted` match objects that have at least those members; everything else must be equal.
bool json_matches(std::string_view json, const Value& wanted);

// The value of a member of a compact JSON object, as it stands there; empty if there is none.
std::string_view json_member(std::string_view object, std::string_view key);

}  // namespace quorate
