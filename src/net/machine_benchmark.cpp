// What the machine itself charges a thread that sleeps between bursts and touches the state of many: a waking, and a
// visit of memory by how it lies.
#include <benchmark/benchmark.h>
#include <poll.h>

#include <algorithm>
#include <ctime>
#include <numeric>
#include <random>
#include <vector>

#include "net/clock.hpp"

namespace greenroom::net {
namespace {

// Of the processor, after a sleep of so many microseconds.
void waking(benchmark::State& state) {
  for (auto _ : state) {
    const timespec sleep{0, state.range(0) * 1000};
    const auto before = thread_time();
    ::ppoll(nullptr, 0, &sleep, nullptr);
    state.SetIterationTime(std::chrono::duration<double>(thread_time() - before).count());
  }
}
BENCHMARK(waking)->ArgName("us")->Arg(1000)->Arg(2500)->Arg(5000)->UseManualTime();

constexpr std::size_t line = 64, page = 4096;  // bytes
struct alignas(line) Line {
  Line* next = nullptr;
};

// One line after the other in random order, each knowing the next, so many bytes apart.
void visit(benchmark::State& state) {
  const auto count = std::size_t(state.range(0)), apart = std::size_t(state.range(1)) / line;
  std::vector<Line> memory(count * apart + page / line);
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), 0);
  std::shuffle(order.begin(), order.end(), std::mt19937(1));
  // Of each page another line, or they would all be in the same sets of the cache.
  const auto at = [&](std::size_t i) { return &memory[order[i] * apart + (apart > 1 ? order[i] % (page / line) : 0)]; };
  for (std::size_t i = 0; i < count; ++i) at(i)->next = at((i + 1) % count);
  const auto* place = at(0);
  for (auto _ : state) benchmark::DoNotOptimize(place = place->next);
}
BENCHMARK(visit)->ArgNames({"lines", "apart"})->ArgsProduct({{500, 5000}, {long(line), long(page)}});

}  // namespace
}  // namespace greenroom::net
