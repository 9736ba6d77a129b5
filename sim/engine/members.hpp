// What a protocol whose cluster changes includes beside out.hpp, to emit it.
#pragma once

#include "sim/trace/members.hpp"
