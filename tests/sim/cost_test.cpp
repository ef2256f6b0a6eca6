// What a forwarded packet costs, in terms that need no quiet machine: allocations.
#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

#include "sim/world.hpp"

#if !defined(__SANITIZE_ADDRESS__)
namespace {
bool counting = false;
std::uint64_t allocations = 0;

void* allocate(std::size_t size) {
  if (counting) ++allocations;
  if (void* p = std::malloc(size ? size : 1)) return p;
  throw std::bad_alloc();
}
}  // namespace

void* operator new(std::size_t size) { return allocate(size); }
void* operator new[](std::size_t size) { return allocate(size); }
void operator delete(void* p) noexcept { std::free(p); }
void operator delete[](void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }
void operator delete[](void* p, std::size_t) noexcept { std::free(p); }

namespace greenroom::sim {
namespace {
using namespace std::chrono_literals;

// Levels and layer changes are told a few times a second and may allocate; packets may not.
TEST(Cost, AForwardedPacketAllocatesNothing) {
  World world(1);
  for (const auto* name : {"alice", "bob", "carol", "dave"}) {
    world.join(name);
    world.publish(name, "mic", {});
    world.publish(name, "cam", {true, {base::Bitrate::kbps(1500)}, 1, 30, true});
    world.down(name).settings.loss = 0.02;
  }
  world.subscribe_all();
  world.start_backup("take");
  world.run_for(10s);
  const auto before = world.stats(false).counters.rtp_forwarded;
  const auto events_before = world.events().size();
  allocations = 0;
  world.around_shard = [](bool entering) { counting = entering; };
  world.run_for(10s);
  world.around_shard = [](bool) {};
  const auto forwarded = world.stats(false).counters.rtp_forwarded - before;
  const auto events = world.events().size() - events_before;
  EXPECT_GT(forwarded, 20'000u);
  EXPECT_LE(allocations, 4 * events) << forwarded << " packets forwarded, " << events << " events";
  RecordProperty("allocations", std::to_string(allocations));
  std::printf("%llu allocations, %llu packets forwarded, %zu events\n", static_cast<unsigned long long>(allocations),
              static_cast<unsigned long long>(forwarded), events);
}

}  // namespace
}  // namespace greenroom::sim
#endif
