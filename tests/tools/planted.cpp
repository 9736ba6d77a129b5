// Twelve planted mistakes, one for each mode: every way in which C++ is known to lose
// repeatability. Each detector must see its own, or it would not see the mistake in the simulator
// either: tests/determinism/planted_mistakes_test.cpp.
//   quorate_planted MODE
#include <algorithm>
#include <array>
#include <chrono>
#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string_view>
#include <thread>
#include <unordered_set>
#include <vector>

namespace {

using Owned = std::vector<std::unique_ptr<int>>;

Owned numbers() {
  Owned owned;
  for (int i = 0; i < 32; ++i) owned.push_back(std::make_unique<int>(i));
  return owned;
}

template <class Pointers>
void print_in_order(const Pointers& pointers) {
  for (const int* value : pointers) std::printf("%d\n", *value);
}

void pointer_set() {
  const Owned owned = numbers();
  std::set<const int*> by_address;
  for (const auto& one : owned) by_address.insert(one.get());
  print_in_order(by_address);
}

void pointer_sort() {
  const Owned owned = numbers();
  std::vector<const int*> by_address;
  for (const auto& one : owned) by_address.push_back(one.get());
  std::sort(by_address.begin(), by_address.end(), std::less<const int*>{});
  print_in_order(by_address);
}

void pointer_hash() {
  const Owned owned = numbers();
  std::unordered_set<const int*> hashed;
  for (const auto& one : owned) hashed.insert(one.get());
  print_in_order(hashed);
}

// The compiler must not know what it looks at.
template <class T>
[[gnu::noinline]] void print_bytes(const T* value, std::size_t bytes) {
  const unsigned char* at = reinterpret_cast<const unsigned char*>(value);
  for (std::size_t i = 0; i < bytes; ++i) std::printf("%02x", at[i]);
  std::printf("\n");
}

void uninitialised_heap() {
  { const Owned used_before = numbers(); }
  const std::unique_ptr<int> read_too_early(new int);
  print_bytes(read_too_early.get(), sizeof(int));
}

void uninitialised_stack() {
  std::array<int, 4> read_too_early;
  print_bytes(&read_too_early, sizeof read_too_early);
}

void padding() {
  struct {
    char small;
    std::int64_t large;
  } padded;
  padded.small = 1;
  padded.large = 2;
  print_bytes(&padded, sizeof padded);
}

void wall_clock() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  std::printf("%lld\n", static_cast<long long>(now.count()));
}

void stack_address() {
  const int local = 0;
  std::printf("%p\n", static_cast<const void*>(&local));
}

void environment() { std::printf("%s\n", std::getenv("HOME")); }

void time_zone() {
  const std::time_t moment = 1'000'000'000;
  const std::tm* const local = std::localtime(&moment);
  std::printf("%02d:%02d\n", local->tm_hour, local->tm_min);
}

void thread_order() {
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) threads.emplace_back([i] { std::printf("%d\n", i); });
  for (std::thread& thread : threads) thread.join();
}

void locale() {
  std::setlocale(LC_ALL, "");
  std::printf("%.1f\n", 0.5);
}

}  // namespace

int main(int count, char** words) {
  const std::map<std::string_view, void (*)()> modes{{"pointer_set", pointer_set},
                                                     {"pointer_sort", pointer_sort},
                                                     {"pointer_hash", pointer_hash},
                                                     {"uninitialised_heap", uninitialised_heap},
                                                     {"uninitialised_stack", uninitialised_stack},
                                                     {"padding", padding},
                                                     {"wall_clock", wall_clock},
                                                     {"stack_address", stack_address},
                                                     {"environment", environment},
                                                     {"time_zone", time_zone},
                                                     {"thread_order", thread_order},
                                                     {"locale", locale}};
  const auto mode = modes.find(count == 2 ? words[1] : "");
  if (mode == modes.end()) return 2;
  mode->second();
}
