// What the disk and the table allow: MB/s of one upload in requests of 1 MiB, bytes durable and offset committed for
// each, and with every byte encrypted.
#include <benchmark/benchmark.h>

#include "blob/disk_store.hpp"
#include "blob/encrypted_store.hpp"
#include "crypto/random.hpp"
#include "db/test_database.hpp"
#include "upload/uploads.hpp"

namespace {

using namespace greenroom;

void upload_in_requests(benchmark::State& state, const char* key) {
  db::TestDirectory directory;
  auto database = db::open_test_database(directory, upload::migrations());
  crypto::SystemRng rng;
  const auto store =
      std::make_unique<blob::EncryptedStore>(std::move(*blob::open_disk_store(directory.path() / "blobs")),
                                             *key ? *crypto::StorageKeys::parse(key) : crypto::StorageKeys());
  base::NullLog log;
  const auto clock = [] { return base::wall_from_micros(1'700'000'000'000'000); };
  upload::Uploads uploads({*database, *store, clock, rng, log, {}});
  const base::Bytes piece(64 * 1024, 7);
  const std::uint64_t request = std::uint64_t(state.range(0));
  const auto id = uploads.create({"o", "application/octet-stream", "", std::nullopt})->id;
  std::uint64_t offset = 0;
  for (auto _ : state) {
    auto appender = uploads.open_append(id, {offset, request, {}});
    for (std::uint64_t at = 0; at < request; at += piece.size()) (void)(*appender)->write(piece);
    offset = (*appender)->finish()->offset;
  }
  state.SetBytesProcessed(std::int64_t(offset));
}
constexpr const char* a_key = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
BENCHMARK_CAPTURE(upload_in_requests, plain, "")->Arg(1 << 16)->Arg(1 << 20)->Arg(1 << 24)->UseRealTime();
BENCHMARK_CAPTURE(upload_in_requests, encrypted, a_key)->Arg(1 << 16)->Arg(1 << 20)->Arg(1 << 24)->UseRealTime();

}  // namespace
