// A planted mistake: prints values in the order of their addresses. The double-run test must see
// two runs of this differ, or it would not see the mistake in the simulator either.
#include <cstdio>
#include <memory>
#include <set>
#include <vector>

int main() {
  std::vector<std::unique_ptr<int>> owned;
  std::set<const int*> by_address;
  for (int i = 0; i < 32; ++i)
    by_address.insert(owned.emplace_back(std::make_unique<int>(i)).get());
  for (const int* value : by_address) std::printf("%d\n", *value);
}
