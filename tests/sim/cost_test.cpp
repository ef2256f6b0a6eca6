// What a forwarded packet costs, in terms that need no quiet machine: allocations and locks.
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <pthread.h>

#include <cstdlib>
#include <new>

#include "crypto/dtls.hpp"
#include "sim/world.hpp"

#if !defined(__SANITIZE_ADDRESS__)
namespace {
bool counting = false;
std::uint64_t allocations = 0, locks = 0;

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

// Every way to lock that a library below us could take; the C library's own do not come by here, and neither does
// malloc, which is counted above.
namespace {
template <class Lockable>
int count_and_call(const char* name, Lockable* lockable) {
  if (counting) ++locks;
  return reinterpret_cast<int (*)(Lockable*)>(::dlsym(RTLD_NEXT, name))(lockable);
}
}  // namespace
extern "C" int pthread_mutex_lock(pthread_mutex_t* m) noexcept { return count_and_call("pthread_mutex_lock", m); }
extern "C" int pthread_mutex_trylock(pthread_mutex_t* m) noexcept { return count_and_call("pthread_mutex_trylock", m); }
extern "C" int pthread_rwlock_rdlock(pthread_rwlock_t* l) noexcept {
  return count_and_call("pthread_rwlock_rdlock", l);
}
extern "C" int pthread_rwlock_wrlock(pthread_rwlock_t* l) noexcept {
  return count_and_call("pthread_rwlock_wrlock", l);
}
extern "C" int pthread_spin_lock(pthread_spinlock_t* l) noexcept { return count_and_call("pthread_spin_lock", l); }

namespace greenroom::sim {
namespace {
using namespace std::chrono_literals;

void fill(World& world) {
  for (const auto* name : {"alice", "bob", "carol", "dave"}) {
    world.join(name);
    world.publish(name, "mic", {});
    world.publish(name, "cam", {true, {base::Bitrate::kbps(1500)}, 1, 30, true});
    world.down(name).settings.loss = 0.02;
  }
  world.subscribe_all();
}

// Levels and layer changes are told a few times a second and may allocate; packets may not.
TEST(Cost, AForwardedPacketAllocatesNothing) {
  World world(1);
  fill(world);
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

// The same with everyone on another shard: what a pipe carries costs no more.
TEST(Cost, APipedPacketAllocatesNothing) {
  World world(1, nullptr, {}, spread);
  fill(world);
  world.run_for(10s);
  const auto before = world.stats(false).counters;
  const auto events_before = world.events().size();
  allocations = 0;
  world.around_shard = [](bool entering) { counting = entering; };
  world.run_for(10s);
  world.around_shard = [](bool) {};
  const auto after = world.stats(false).counters;
  const auto events = world.events().size() - events_before;
  EXPECT_GT(after.piped_out - before.piped_out, 10'000u);
  EXPECT_EQ(after.piped_in - before.piped_in, after.piped_out - before.piped_out);
  // Levels are told from branch to branch as well, each time a few values.
  EXPECT_LE(allocations, 12 * events) << after.piped_out - before.piped_out << " piped, " << events << " events";
}

// With the real cryptography below: OpenSSL locks when it looks algorithms up. A connectivity check may do so, once in
// a second; a packet may not.
TEST(Cost, AForwardedPacketTakesNoLock) {
  World world(1, crypto::make_dtls_channel_factory(*crypto::DtlsCertificate::generate(base::WallTime{})));
  fill(world);
  world.run_for(5s);
  const auto before = world.stats(false).counters;
  locks = 0;
  world.around_shard = [](bool entering) { counting = entering; };
  world.run_for(5s);
  world.around_shard = [](bool) {};
  const auto after = world.stats(false).counters;
  EXPECT_GT(after.rtp_forwarded - before.rtp_forwarded, 10'000u);
  EXPECT_LE(locks, 40 * (after.stun_in - before.stun_in));
  locks = 0;
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  counting = true;
  pthread_mutex_lock(&mutex);
  counting = false;
  EXPECT_EQ(locks, 1u) << "locks are not counted";
}

}  // namespace
}  // namespace greenroom::sim
#endif
