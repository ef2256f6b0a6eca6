// What encryption at rest costs for each byte, beside the SHA-256 that every uploaded byte goes through anyway.
#include <benchmark/benchmark.h>

#include "crypto/at_rest.hpp"

namespace {

using namespace greenroom;

void encipher(benchmark::State& state) {
  base::SeededRng rng(1);
  const auto keys = *crypto::StorageKeys::parse(crypto::make_storage_key(rng));
  const auto cipher = keys.make_envelope({}, rng).cipher;
  base::Bytes piece(std::size_t(state.range(0)));
  std::uint64_t at = 0;
  for (auto _ : state) {
    cipher.apply(at, piece);
    at += piece.size();
  }
  state.SetBytesProcessed(std::int64_t(at));
}
BENCHMARK(encipher)->Name("at_rest/encipher")->Arg(4 << 10)->Arg(64 << 10)->Arg(1 << 20);

void hash(benchmark::State& state) {
  const base::Bytes piece(std::size_t(state.range(0)));
  crypto::Sha256 hash;
  for (auto _ : state) hash.update(piece);
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(hash)->Name("at_rest/sha256")->Arg(4 << 10)->Arg(64 << 10)->Arg(1 << 20);

void open_envelope(benchmark::State& state) {
  base::SeededRng rng(1);
  const auto keys = *crypto::StorageKeys::parse(crypto::make_storage_key(rng));
  const auto envelope = keys.make_envelope({}, rng).envelope;
  for (auto _ : state) benchmark::DoNotOptimize(keys.open_envelope(envelope));
}
BENCHMARK(open_envelope)->Name("at_rest/open");

}  // namespace
