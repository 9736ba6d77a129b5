// What every build must be for traces to be equal everywhere. A build that is not stops here.
#include <climits>
#include <cstdint>

#ifdef __FAST_MATH__
#error "quorate must not be built with -ffast-math or -Ofast"
#endif

static_assert(CHAR_BIT == 8, "A byte has eight bits.");
static_assert(sizeof(std::int64_t) == 8 && sizeof(long long) == 8, "There are 64-bit integers.");
static_assert(static_cast<std::uint32_t>(std::int32_t{-1}) == 0xFFFF'FFFF, "Two's complement.");
static_assert((std::int64_t{-3} >> 1) == -2, "Shifting a negative number right keeps its sign.");
