// The invariant "bytes durable, then offset" under loss of power: a disk that forgets everything that was not synced.
// (A killed process, which uploads_test.cpp has, keeps what the operating system already took.) With and without
// encryption.
#include <map>

#include "blob/encrypted_store.hpp"
#include "blob/test_store.hpp"
#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"
#include "crypto/random.hpp"
#include "db/test_database.hpp"
#include "upload/uploads.hpp"

namespace greenroom::upload {
namespace {

struct Disk {
  struct Entry {
    std::string bytes;
    std::size_t synced = 0;
    bool sealed = false;
  };
  std::map<std::string, Entry> entries;
  std::uint64_t operations_left = 0;  // then the power is gone and everything fails
  base::Rng& rng;

  bool powered() { return operations_left > 0 && --operations_left > 0; }
  // Of what was not synced, a random part survives, and the last of it as garbage.
  void lose_power() {
    for (auto& [name, entry] : entries) {
      if (entry.sealed || entry.bytes.size() == entry.synced) continue;
      entry.bytes.resize(entry.synced + rng.below(entry.bytes.size() - entry.synced + 1));
      for (std::size_t i = entry.synced; i < entry.bytes.size(); ++i) entry.bytes[i] = char(rng.u64());
    }
  }
};

tl::unexpected<base::Error> dead() { return base::fail(blob::error_io, "no power"); }

class PowerWriter final : public blob::Writer {
 public:
  PowerWriter(Disk& disk, Disk::Entry& entry) : disk_(disk), entry_(entry) {}
  base::Status append(base::ByteView bytes) override {
    if (!disk_.powered()) return dead();
    entry_.bytes += base::as_text(bytes);
    return {};
  }
  base::Status sync() override {
    if (!disk_.powered()) return dead();
    entry_.synced = entry_.bytes.size();
    return {};
  }
  base::ByteCount size() const override { return {entry_.bytes.size()}; }

 private:
  Disk& disk_;
  Disk::Entry& entry_;
};

class PowerReader final : public blob::Reader {
 public:
  explicit PowerReader(std::string bytes) : bytes_(std::move(bytes)) {}
  base::ByteCount size() const override { return {bytes_.size()}; }
  base::Result<std::size_t> read(std::uint64_t offset, base::ByteSpan out) const override {
    const std::size_t n = offset >= bytes_.size() ? 0 : std::min(out.size(), bytes_.size() - std::size_t(offset));
    std::memcpy(out.data(), bytes_.data() + offset, n);
    return n;
  }

 private:
  std::string bytes_;
};

class PowerStore final : public blob::Store {
 public:
  explicit PowerStore(Disk& disk) : disk_(disk) {}
  base::Result<std::unique_ptr<blob::Writer>> append(const blob::Name& name, base::ByteCount at,
                                                     const crypto::Scope&) override {
    if (!disk_.powered()) return dead();
    auto& entry = disk_.entries[name.str()];
    if (entry.sealed) return base::fail(blob::error_sealed, "sealed");
    if (entry.bytes.size() < at.value) return base::fail(blob::error_short, "short");
    entry.bytes.resize(at.value);
    entry.synced = std::min(entry.synced, entry.bytes.size());
    return std::make_unique<PowerWriter>(disk_, entry);
  }
  base::Result<std::unique_ptr<blob::Reader>> open(const blob::Name& name) override {
    auto found = disk_.entries.find(name.str());
    if (found == disk_.entries.end()) return base::fail(blob::error_missing, "missing");
    return std::make_unique<PowerReader>(found->second.bytes);
  }
  base::Result<blob::Stat> stat(const blob::Name& name) override {
    auto found = disk_.entries.find(name.str());
    if (found == disk_.entries.end()) return base::fail(blob::error_missing, "missing");
    return blob::Stat{{found->second.bytes.size()}, found->second.sealed};
  }
  base::Status seal(const blob::Name& name) override {
    if (!disk_.powered()) return dead();
    auto& entry = disk_.entries[name.str()];
    entry.synced = entry.bytes.size();
    entry.sealed = true;
    return {};
  }
  base::Status adopt(const blob::Name&, const std::filesystem::path&, const crypto::Scope&) override { return dead(); }
  base::Status remove(const blob::Name& name) override { return disk_.entries.erase(name.str()), base::Status{}; }
  base::Result<blob::Stat> stat_here(const blob::Name& name) override { return stat(name); }
  base::Result<std::filesystem::path> fetch(const blob::Name&, const std::filesystem::path&) override { return dead(); }
  std::filesystem::path scratch() const override { return {}; }

 private:
  Disk& disk_;
};

struct Life {
  Life(const db::TestDirectory& directory, Disk& disk, base::Rng& rng)
      : database(db::open_test_database(directory, migrations())),
        store(std::make_unique<PowerStore>(disk), blob::test_keys()),
        uploads({*database, store, [this] { return now; }, rng, log, {}}) {}
  base::WallTime now = base::wall_from_micros(1'700'000'000'000'000);
  std::unique_ptr<db::Database> database;
  std::string content(UploadId id, std::uint64_t size) {
    const auto reader = store.open(blob_name(id));
    if (!reader) return std::string(reader.error().code.name);
    std::string out(size, '\0');
    const auto got = (*reader)->read(0, {reinterpret_cast<std::uint8_t*>(out.data()), out.size()});
    out.resize(got.value_or(0));
    return out;
  }
  blob::EncryptedStore store;
  base::NullLog log;
  Uploads uploads;
};

// Uploads from where the server says until the power fails; every acknowledged offset is noted.
void upload_while_powered(Life& life, UploadId id, const std::string& text, base::Rng& rng,
                          std::uint64_t& acknowledged) {
  for (;;) {
    const auto info = life.uploads.head(id);
    if (!info) return;
    acknowledged = std::max(acknowledged, info->offset);
    if (info->complete) return;
    const auto size = std::min<std::uint64_t>(1 + rng.below(40'000), text.size() - info->offset);
    auto appender = life.uploads.open_append(id, {info->offset, size, text.size()});
    if (!appender) return;
    for (std::uint64_t at = 0; at < size;) {
      const auto piece = std::min<std::uint64_t>(1 + rng.below(9'000), size - at);
      if (!(*appender)->write(base::as_bytes(std::string_view(text).substr(info->offset + at, piece)))) return;
      life.now += std::chrono::milliseconds(rng.below(200));
      at += piece;
    }
    if (rng.below(4) == 0) continue;  // the connection dies: the appender goes unfinished
    const auto done = (*appender)->finish();
    if (!done) return;
    acknowledged = std::max(acknowledged, done->offset);
  }
}

TEST(UploadPowerLoss, NoAcknowledgedByteIsLost) {
  const std::uint64_t seed = crypto::SystemRng().u64();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  base::SeededRng rng(seed);
  std::string text(400'000, '\0');
  for (char& c : text) c = char(rng.u64());
  db::TestDirectory directory;
  for (int round = 0; round < 5; ++round) {
    Disk disk{{}, ~std::uint64_t(0), rng};
    UploadId id;
    {
      Life life(directory, disk, rng);
      id = life.uploads.create({"o", "application/octet-stream", "", std::nullopt})->id;
    }
    std::uint64_t acknowledged = 0;
    bool complete = false;
    for (int lives = 0; !complete; ++lives) {
      ASSERT_LT(lives, 300);
      {
        Life life(directory, disk, rng);
        disk.operations_left = 1 + rng.below(80);
        upload_while_powered(life, id, text, rng, acknowledged);
        disk.operations_left = 0;
      }
      disk.lose_power();
      disk.operations_left = ~std::uint64_t(0);
      Life life(directory, disk, rng);
      const auto info = life.uploads.find(id);
      ASSERT_TRUE(info);
      ASSERT_GE(info->offset, acknowledged);
      if (info->offset > 0) {
        ASSERT_EQ(life.content(id, info->offset), std::string_view(text).substr(0, info->offset));
      }
      complete = info->complete;
      if (!complete) continue;
      EXPECT_EQ(info->sha256, crypto::to_hex(crypto::sha256(base::as_bytes(text))));
    }
  }
}

}  // namespace
}  // namespace greenroom::upload
