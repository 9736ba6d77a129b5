// When operations took effect, as those who executed them say: a guess at the order that a search
// for one should try first. Nothing is believed on the strength of it.
#pragma once

#include <span>
#include <vector>

#include "sim/check/linearizability.hpp"

namespace quorate {

// Writes into each call's `effect` which of the effects, in the order of their log, seems to be
// its: one of the same operation that it was waiting for, and whose answer is its own. Of several
// such calls the one that was answered first takes it; those never answered come last, by asking.
void match_effects(const Model& model, std::span<const Effect> effects,
                   std::vector<ClientCall>& history);

}  // namespace quorate
