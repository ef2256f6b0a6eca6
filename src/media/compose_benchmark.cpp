// A take of three people with 640x360 cameras, from stems to MP4: the figure is seconds of episode per second.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <filesystem>

#include "media/execute.hpp"
#include "media/resample.hpp"
#include "media/synthetic.hpp"

namespace greenroom::media {
namespace {

namespace fs = std::filesystem;

constexpr double take_s = 30;

void compose_three(benchmark::State& state) {
  const auto folder = fs::temp_directory_path() / fmt::format("greenroom-bench-{}", ::getpid());
  fs::create_directories(folder);
  TakeInput take{1.76e12, 1.76e12 + take_s * 1000, {}, {}, {}};
  for (int i = 0; i < 3; ++i) {
    const auto who = std::to_string(i), mic = (folder / (who + ".pcm")).string(),
               cam = (folder / (who + ".webm")).string();
    static_cast<void>(synthetic::write_microphone(mic, {.length_s = take_s, .ppm = 100.0 * i},
                                                  synthetic::voice(std::uint64_t(i)), take.started_at_ms));
    static_cast<void>(synthetic::write_camera(cam, {.frames = int(take_s * 30)}));
    take.participants.push_back({who, "Guest " + who});
    take.stems.push_back(
        {"m" + who, who, Source::mic, Origin::local, "audio/x-greenroom-pcm", mic, take.started_at_ms, {}});
    take.stems.push_back({"c" + who, who, Source::camera, Origin::local, "video/webm", cam, take.started_at_ms, {}});
  }
  for (auto _ : state) {
    const auto out = folder / "out";
    fs::create_directories(out);
    std::vector<StemFacts> facts;
    for (const auto& stem : take.stems) facts.push_back(*survey(stem));
    const auto report = execute(*make_plan(take, facts, {}), {out});
    if (!report) state.SkipWithError(report.error().what.c_str());
    fs::remove_all(out);
  }
  fs::remove_all(folder);
  state.counters["times_real_time"] =
      benchmark::Counter(take_s * double(state.iterations()), benchmark::Counter::kIsRate);
}
BENCHMARK(compose_three)->Unit(benchmark::kSecond)->UseRealTime()->Iterations(1);

void interpolate(benchmark::State& state) {
  const std::vector<float> samples(48'000, 0.1f);
  const Interpolator interpolator(1.0001);
  double position = 100;
  for (auto _ : state) {
    benchmark::DoNotOptimize(interpolator.at(samples, position));
    position = position > 47'000 ? 100 : position + 1.0001;
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(interpolate);

}  // namespace
}  // namespace greenroom::media
