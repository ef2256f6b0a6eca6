// What a described struct costs over bare Boost.JSON: reading and printing a codec list as joinRoom carries it.
#include <benchmark/benchmark.h>

#include "wire/json.hpp"

namespace greenroom::wire {
namespace {

struct BenchCodec {
  std::string mime_type;
  std::uint8_t payload_type = 0;
  std::uint32_t clock_rate = 0;
  std::optional<std::uint32_t> channels;
  std::map<std::string, boost::json::value> parameters;
};
BOOST_DESCRIBE_STRUCT(BenchCodec, (), (mime_type, payload_type, clock_rate, channels, parameters))

std::string sample() {
  std::vector<BenchCodec> codecs;
  for (int i = 0; i < 20; ++i) {
    BenchCodec codec;
    codec.mime_type = "video/H264";
    codec.payload_type = std::uint8_t(96 + i);
    codec.clock_rate = 90'000;
    codec.parameters = {{"profile-level-id", "42e01f"}, {"packetization-mode", 1}};
    codecs.push_back(std::move(codec));
  }
  return to_text(codecs);
}

void parse_only(benchmark::State& state) {
  const std::string text = sample();
  for (auto _ : state) benchmark::DoNotOptimize(parse_json(text));
  state.SetBytesProcessed(std::int64_t(state.iterations() * text.size()));
}
BENCHMARK(parse_only)->Name("json/parse");

void parse_and_map(benchmark::State& state) {
  const std::string text = sample();
  for (auto _ : state) benchmark::DoNotOptimize(from_text<std::vector<BenchCodec>>(text));
  state.SetBytesProcessed(std::int64_t(state.iterations() * text.size()));
}
BENCHMARK(parse_and_map)->Name("json/parse_and_map");

void print_mapped(benchmark::State& state) {
  const auto codecs = *from_text<std::vector<BenchCodec>>(sample());
  for (auto _ : state) benchmark::DoNotOptimize(to_text(codecs));
}
BENCHMARK(print_mapped)->Name("json/print");

}  // namespace
}  // namespace greenroom::wire
