// Replaces operator new so that addresses come in random order, differently in every run.
// Whoever lets an address decide anything (a set ordered by pointer, a hash of one)
// gives another trace with this linked in; neither randomised address space nor a second
// compiler shows that. One thread only.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <random>

namespace {

constexpr std::size_t header_bytes = 16;  // keeps the alignment operator new promises
constexpr std::size_t class_bytes = 32;
constexpr std::size_t class_count = 64;  // blocks up to 2 kB are pooled, larger ones only displaced
constexpr std::size_t batch = 64;        // blocks cut from one chunk, handed out in random order

std::uint64_t random_state() {
  const char* fixed = std::getenv("QUORATE_SHUFFLE_SEED");
  return fixed ? std::strtoull(fixed, nullptr, 10) : std::random_device{}();
}

std::uint64_t draw() {
  static std::uint64_t state = random_state();
  state += 0x9E37'79B9'7F4A'7C15;
  std::uint64_t mixed = (state ^ (state >> 30)) * 0xBF58'476D'1CE4'E5B9;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D0'49BB'1331'11EB;
  return mixed ^ (mixed >> 31);
}

// Free blocks of one size. Plain arrays from malloc: nothing here may call operator new.
struct Pool {
  void** free;
  std::size_t count;
  std::size_t capacity;
};

Pool pools[class_count];

void* checked_malloc(std::size_t bytes) {
  void* memory = std::malloc(bytes);
  if (!memory) throw std::bad_alloc();
  return memory;
}

void put(Pool& pool, void* block) {
  if (pool.count == pool.capacity) {
    pool.capacity = pool.capacity * 2 + batch;
    pool.free = static_cast<void**>(std::realloc(pool.free, pool.capacity * sizeof(void*)));
    if (!pool.free) std::abort();
  }
  pool.free[pool.count++] = block;
}

void refill(Pool& pool, std::size_t size_class) {
  const std::size_t stride = header_bytes + (size_class + 1) * class_bytes;
  char* chunk = static_cast<char*>(checked_malloc(stride * batch));
  for (std::size_t i = 0; i < batch; ++i) put(pool, chunk + i * stride);
}

void* take(std::size_t size_class) {
  Pool& pool = pools[size_class];
  if (pool.count < batch / 2) refill(pool, size_class);
  const std::size_t picked = draw() % pool.count;
  void* block = pool.free[picked];
  pool.free[picked] = pool.free[--pool.count];
  return block;
}

// The header tells where the block goes back to: its class, or how far a large block was displaced.
struct Header {
  std::size_t size_class;
  std::size_t displacement;
};
static_assert(sizeof(Header) <= header_bytes);

void* with_header(char* block, Header header) {
  *reinterpret_cast<Header*>(block) = header;
  return block + header_bytes;
}

void* allocate_large(std::size_t bytes) {
  const std::size_t displacement = 16 * (draw() % 256);
  char* block = static_cast<char*>(checked_malloc(bytes + header_bytes + displacement));
  return with_header(block + displacement, {class_count, displacement});
}

}  // namespace

void* operator new(std::size_t bytes) {
  const std::size_t size_class = bytes == 0 ? 0 : (bytes - 1) / class_bytes;
  if (size_class >= class_count) return allocate_large(bytes);
  return with_header(static_cast<char*>(take(size_class)), {size_class, 0});
}

// Said in so many words, for a sanitizer has one of its own, whose blocks are without a header.
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
  try {
    return operator new(bytes);
  } catch (...) {
    return nullptr;
  }
}

void operator delete(void* memory) noexcept {
  if (!memory) return;
  char* block = static_cast<char*>(memory) - header_bytes;
  const Header header = *reinterpret_cast<Header*>(block);
  if (header.size_class == class_count) return std::free(block - header.displacement);
  put(pools[header.size_class], block);
}

void operator delete(void* memory, std::size_t) noexcept { operator delete(memory); }
