#include "upload/uploads.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <iterator>
#include <thread>

#include "base/assert.hpp"
#include "blob/test_store.hpp"
#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"
#include "crypto/random.hpp"
#include "db/test_database.hpp"

namespace greenroom::upload {
namespace {

std::string pattern(std::size_t size) {
  std::string out(size, '\0');
  for (std::size_t i = 0; i < size; ++i) out[i] = char('a' + i * 7 % 26);
  return out;
}

std::string sha256_hex(std::string_view text) { return crypto::to_hex(crypto::sha256(base::as_bytes(text))); }

// A server's life over one directory: made anew, it is a restart.
struct Server {
  explicit Server(const db::TestDirectory& directory)
      : database(db::open_test_database(directory, migrations())),
        store(blob::open_test_store(directory.path() / "blobs")),
        uploads({*database, *store, [this] { return now; }, rng, log, {.bytes_max = 1 << 24}}) {}

  std::string content(UploadId id) {
    auto reader = store->open(blob_name(id));
    if (!reader) return std::string(reader.error().code.name);
    std::string out((*reader)->size().value, '\0');
    EXPECT_TRUE((*reader)->read(0, {reinterpret_cast<std::uint8_t*>(out.data()), out.size()}));
    return out;
  }

  base::WallTime now = base::wall_from_micros(1'700'000'000'000'000);
  std::unique_ptr<db::Database> database;
  std::unique_ptr<blob::Store> store;
  crypto::SystemRng rng;
  base::NullLog log;
  Uploads uploads;
};

class UploadsTest : public testing::Test {
 protected:
  UploadId create(std::optional<std::uint64_t> length) {
    auto info = server_->uploads.create({"participant/x", "video/webm", "name d29ybGQ=", length});
    GREENROOM_ASSERT(info.has_value());
    return info->id;
  }
  base::Result<UploadInfo> patch(UploadId id, std::uint64_t offset, std::string_view text,
                                 std::optional<std::uint64_t> length = {}) {
    GREENROOM_TRY(auto appender, server_->uploads.open_append(id, {offset, text.size(), length}));
    GREENROOM_CHECK_OK(appender->write(base::as_bytes(text)));
    return appender->finish();
  }
  void restart() {
    server_.reset();
    server_ = std::make_unique<Server>(directory_);
  }

  db::TestDirectory directory_;
  std::unique_ptr<Server> server_ = std::make_unique<Server>(directory_);
};

TEST_F(UploadsTest, OneRequest) {
  const auto id = create(5);
  auto info = patch(id, 0, "hello");
  ASSERT_TRUE(info);
  EXPECT_TRUE(info->complete);
  EXPECT_EQ(info->sha256, sha256_hex("hello"));
  EXPECT_EQ(info->metadata, "name d29ybGQ=");
  EXPECT_EQ(server_->content(id), "hello");
  EXPECT_TRUE(server_->store->stat(blob_name(id))->sealed);
  EXPECT_EQ(patch(id, 5, "x").error().code, error_completed);
  EXPECT_TRUE(patch(id, 5, ""));
}

TEST_F(UploadsTest, ManyRequestsDeferredLength) {
  const auto id = create(std::nullopt);
  EXPECT_EQ(patch(id, 0, "hello ")->offset, 6u);
  EXPECT_EQ(patch(id, 5, "x").error().code, error_wrong_offset);
  EXPECT_EQ(patch(id, 6, "wor")->offset, 9u);
  auto info = patch(id, 9, "ld", 11);
  ASSERT_TRUE(info->complete);
  EXPECT_EQ(info->sha256, sha256_hex("hello world"));
}

TEST_F(UploadsTest, LengthDeclaredWithoutBytesCompletes) {
  const auto id = create(std::nullopt);
  ASSERT_TRUE(patch(id, 0, "hello"));
  EXPECT_TRUE(patch(id, 5, "", 5)->complete);
}

TEST_F(UploadsTest, LengthDeclaredWithSomeBytesIsKept) {
  const auto id = create(std::nullopt);
  ASSERT_TRUE(patch(id, 0, "", 5));
  EXPECT_EQ(server_->uploads.find(id)->length, 5u);
  EXPECT_EQ(patch(id, 0, "hello", 6).error().code, error_length);
  EXPECT_TRUE(patch(id, 0, "hello")->complete);
}

TEST_F(UploadsTest, WhoseItIsIsKept) {
  const auto workspace = *base::parse_uuid("0190163d-8694-739b-aea5-966c26f8ad91");
  const auto made = server_->uploads.create(
      {.owner = "o", .content_type = "text/plain", .metadata = "", .length = 5, .scope = workspace});
  ASSERT_TRUE(made);
  restart();
  EXPECT_EQ(server_->uploads.find(made->id)->scope, workspace);
  EXPECT_EQ(server_->uploads.find(create(5))->scope, crypto::Scope());
  ASSERT_TRUE(patch(made->id, 0, "hello")->complete);
  std::ifstream in(*server_->store->path_here(blob_name(made->id)), std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(in)), {});
  if (blob::test_keys().empty()) {
    EXPECT_EQ(bytes, "hello");
  } else {
    EXPECT_EQ(bytes.substr(16, 16), base::as_text(workspace));
  }
}

TEST_F(UploadsTest, EmptyUpload) {
  auto info = server_->uploads.create({"o", "text/plain", "", 0});
  ASSERT_TRUE(info);
  EXPECT_TRUE(info->complete);
  EXPECT_EQ(server_->content(info->id), "");
}

TEST_F(UploadsTest, AfterARestartItGoesOnWhereTheTableSays) {
  const auto id = create(11);
  ASSERT_TRUE(patch(id, 0, "hello "));
  {  // bytes on the disk that no table row covers: a kill between the write and the commit
    auto writer = *server_->store->append(blob_name(id), {6}, {});
    ASSERT_TRUE(writer->append(base::as_bytes("garbage")));
  }
  restart();
  EXPECT_EQ(server_->uploads.head(id)->offset, 6u);
  auto info = patch(id, 6, "world");
  EXPECT_TRUE(info->complete);
  EXPECT_EQ(info->sha256, sha256_hex("hello world"));
  EXPECT_EQ(server_->content(id), "hello world");
}

class KilledUploadsTest : public UploadsTest, public testing::WithParamInterface<bool> {};
INSTANTIATE_TEST_SUITE_P(Length, KilledUploadsTest, testing::Bool());

TEST_P(KilledUploadsTest, KilledBetweenSealAndCommit) {
  const auto id = GetParam() ? create(5) : create(std::nullopt);
  server_->uploads.set_hooks({.inspect = {}, .completed = [](db::Transaction&, const UploadInfo&) -> base::Status {
                                return base::fail(db::error_full, "the disk is full");
                              }});
  EXPECT_EQ(patch(id, 0, "hello", 5).error().code, db::error_full);
  EXPECT_FALSE(server_->uploads.find(id)->complete);
  restart();
  int completed = 0;
  server_->uploads.set_hooks(
      {.inspect = {}, .completed = [&](db::Transaction&, const UploadInfo& info) -> base::Status {
         ++completed;
         EXPECT_EQ(info.offset, 5u);
         return {};
       }});
  auto info = server_->uploads.head(id);
  ASSERT_TRUE(info);
  EXPECT_TRUE(info->complete);
  EXPECT_EQ(info->sha256, sha256_hex("hello"));
  EXPECT_TRUE(server_->uploads.head(id)->complete);
  EXPECT_EQ(completed, 1);
}

TEST_F(UploadsTest, ANewRequestTakesOverAStaleOne) {
  const auto id = create(10);
  auto stale = *server_->uploads.open_append(id, {0, 10, {}});
  ASSERT_TRUE(stale->write(base::as_bytes("xxx")));
  auto fresh = *server_->uploads.open_append(id, {0, 10, {}});
  EXPECT_EQ(stale->write(base::as_bytes("yyy")).error().code, error_preempted);
  EXPECT_EQ(stale->finish().error().code, error_preempted);
  ASSERT_TRUE(fresh->write(base::as_bytes("0123456789")));
  EXPECT_TRUE(fresh->finish()->complete);
  EXPECT_EQ(server_->content(id), "0123456789");
}

TEST_F(UploadsTest, AskingForTheOffsetSettlesAStaleRequest) {
  const auto id = create(10);
  auto stale = *server_->uploads.open_append(id, {0, 10, {}});
  ASSERT_TRUE(stale->write(base::as_bytes("012")));
  EXPECT_EQ(server_->uploads.find(id)->offset, 0u);  // a look disturbs nobody
  ASSERT_TRUE(stale->write(base::as_bytes("3")));
  EXPECT_EQ(server_->uploads.head(id)->offset, 4u);
  EXPECT_EQ(stale->write(base::as_bytes("4")).error().code, error_preempted);
  EXPECT_EQ(patch(id, 4, "456789")->sha256, sha256_hex("0123456789"));
}

TEST_F(UploadsTest, AWrongRequestTakesNothingFromAnybody) {
  const auto id = create(10);
  auto holder = *server_->uploads.open_append(id, {0, 10, {}});
  ASSERT_TRUE(holder->write(base::as_bytes("01234")));
  EXPECT_EQ(server_->uploads.open_append(id, {7, 1, {}}).error().code, error_wrong_offset);
  EXPECT_EQ(server_->uploads.open_append(id, {0, 11, {}}).error().code, error_too_large);
  ASSERT_TRUE(holder->write(base::as_bytes("56789")));
  EXPECT_TRUE(holder->finish()->complete);
}

TEST_F(UploadsTest, ADeadConnectionKeepsWhatItBrought) {
  const auto id = create(10);
  {
    auto appender = *server_->uploads.open_append(id, {0, 10, {}});
    ASSERT_TRUE(appender->write(base::as_bytes("0123")));
  }
  EXPECT_EQ(server_->uploads.find(id)->offset, 4u);
  auto last = *server_->uploads.open_append(id, {4, 6, {}});
  ASSERT_TRUE(last->write(base::as_bytes("456789")));
  last->abort();  // every byte was there; only the answer is lost
  EXPECT_TRUE(server_->uploads.find(id)->complete);
}

TEST_F(UploadsTest, TheOffsetAdvancesWhileARequestRuns) {
  const auto id = create(std::nullopt);
  auto appender = *server_->uploads.open_append(id, {0, {}, {}});
  ASSERT_TRUE(appender->write(base::as_bytes("0123")));
  EXPECT_EQ(server_->uploads.find(id)->offset, 0u);
  server_->now += std::chrono::milliseconds(250);
  ASSERT_TRUE(appender->write(base::as_bytes("4")));
  EXPECT_EQ(server_->uploads.find(id)->offset, 5u);
  ASSERT_TRUE(appender->write(base::as_bytes(pattern(8 << 20))));
  EXPECT_EQ(server_->uploads.find(id)->offset, 5u + (8 << 20));
}

TEST_F(UploadsTest, APieceThatDoesNotFitIsNotKept) {
  const auto id = create(4);
  auto appender = *server_->uploads.open_append(id, {0, {}, {}});
  ASSERT_TRUE(appender->write(base::as_bytes("012")));
  EXPECT_EQ(appender->write(base::as_bytes("34")).error().code, error_too_large);
  EXPECT_EQ(appender->finish()->offset, 3u);
}

TEST_F(UploadsTest, WrongMediaIsRefusedWithItsFirstBytes) {
  server_->uploads.set_hooks(
      {.inspect = [](const UploadInfo&, base::ByteView head) -> base::Status {
         if (std::string_view("GRPB").starts_with(base::as_text(head.first(std::min<std::size_t>(head.size(), 4)))))
           return {};
         return base::fail(error_wrong_media, "no");
       },
       .completed = {}});
  const auto id = create(6);
  EXPECT_EQ(patch(id, 0, "hello!").error().code, error_wrong_media);
  EXPECT_EQ(server_->uploads.find(id)->offset, 0u);
  EXPECT_EQ(patch(id, 0, "GR")->offset, 2u);  // as good as it goes
  EXPECT_EQ(patch(id, 2, "xx").error().code, error_wrong_media);
  EXPECT_TRUE(patch(id, 2, "PBok")->complete);
}

wire::Checksum checksum_of(std::string_view text) {
  const auto digest = crypto::sha1(base::as_bytes(text));
  return {wire::ChecksumAlgorithm::sha1, {digest.begin(), digest.end()}};
}

TEST_F(UploadsTest, ABodyThatMatchesItsChecksumIsKept) {
  const auto id = create(11);
  auto first = *server_->uploads.open_append(id, {0, 6, {}, checksum_of("hello ")});
  ASSERT_TRUE(first->write(base::as_bytes("hel")));
  server_->now += std::chrono::seconds(1);
  ASSERT_TRUE(first->write(base::as_bytes("lo ")));
  EXPECT_EQ(server_->uploads.find(id)->offset, 0u);  // nobody knows yet whether these are the bytes
  EXPECT_EQ(first->finish()->offset, 6u);
  EXPECT_EQ(patch(id, 6, "world")->sha256, sha256_hex("hello world"));
}

TEST_F(UploadsTest, NothingOfABodyIsKeptWithoutItsChecksum) {
  const auto id = create(11);
  ASSERT_TRUE(patch(id, 0, "hello "));
  auto damaged = *server_->uploads.open_append(id, {6, 5, {}, checksum_of("world")});
  ASSERT_TRUE(damaged->write(base::as_bytes("wor1d")));
  EXPECT_EQ(damaged->finish().error().code, error_checksum);
  EXPECT_EQ(server_->uploads.find(id)->offset, 6u);
  EXPECT_EQ(server_->content(id), "hello ");
  {  // the connection died in the middle
    auto cut = *server_->uploads.open_append(id, {6, 5, {}, checksum_of("world")});
    ASSERT_TRUE(cut->write(base::as_bytes("wor")));
  }
  EXPECT_EQ(server_->uploads.find(id)->offset, 6u);
  auto stale = *server_->uploads.open_append(id, {6, 5, {}, checksum_of("world")});
  ASSERT_TRUE(stale->write(base::as_bytes("world")));
  EXPECT_EQ(server_->uploads.head(id)->offset, 6u);  // taken over before its end: nothing vouches for it
  EXPECT_EQ(stale->finish().error().code, error_preempted);
  auto whole = patch(id, 6, "world");
  EXPECT_EQ(whole->sha256, sha256_hex("hello world"));
  EXPECT_EQ(server_->content(id), "hello world");
}

TEST_F(UploadsTest, EveryAlgorithmThatIsOffered) {
  const std::pair<std::string_view, std::string_view> sums[] = {
      {"sha1", "Kq5sNclPz7QV2+lfQIuc6R7oRu0="},
      {"sha256", "uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek="},
      {"md5", "XrY7u+Ae7tCTyyK7j1rNww=="},
      {"crc32", "DUoRhQ=="}};
  for (const auto& [name, digest] : sums) {
    const auto sum = wire::parse_tus_checksum(fmt::format("{} {}", name, digest));
    ASSERT_TRUE(sum);
    for (const std::string_view text : {"hello world", "hello w0rld"}) {
      const auto id = create(11);
      auto appender = *server_->uploads.open_append(id, {0, 11, {}, *sum});
      ASSERT_TRUE(appender->write(base::as_bytes(text.substr(0, 4))));
      ASSERT_TRUE(appender->write(base::as_bytes(text.substr(4))));
      EXPECT_EQ(appender->finish().has_value(), text == "hello world") << name;
    }
  }
}

TEST_F(UploadsTest, TheEndOfABodyMayBeTheEndOfTheUpload) {
  const auto id = create(std::nullopt);
  auto appender = *server_->uploads.open_append(id, {0, {}, {}});
  ASSERT_TRUE(appender->write(base::as_bytes("hello")));
  const auto info = appender->finish(BodyEnd::of_upload);
  EXPECT_TRUE(info->complete);
  EXPECT_EQ(info->sha256, sha256_hex("hello"));
  const auto cut = create(std::nullopt);
  {
    auto dying = *server_->uploads.open_append(cut, {0, {}, {}});
    ASSERT_TRUE(dying->write(base::as_bytes("hello")));
  }
  EXPECT_FALSE(server_->uploads.find(cut)->complete);
}

class JoinedUploadsTest : public UploadsTest {
 protected:
  UploadId partial(std::string_view text, bool whole = true) {
    auto info = server_->uploads.create({"participant/x", "a/b", "", text.size(), "partial"});
    GREENROOM_ASSERT(info.has_value());
    if (whole && !text.empty()) {
      EXPECT_TRUE(patch(info->id, 0, text)->complete);
    }
    return info->id;
  }
  base::Result<UploadInfo> join(std::vector<UploadId> partials) {
    return server_->uploads.create({"participant/x", "video/webm", "name YQ==", {}, "final;...", std::move(partials)});
  }
};

TEST_F(JoinedUploadsTest, AFinalUploadIsItsPartsInOrder) {
  const auto hello = partial("hello"), space = partial(" "), none = partial(""), world = partial("world");
  int completed = 0;
  server_->uploads.set_hooks(
      {.inspect = {}, .completed = [&](db::Transaction&, const UploadInfo& info) -> base::Status {
         ++completed;
         EXPECT_TRUE(info.is_final());
         return {};
       }});
  const auto info = join({hello, space, none, world, world});
  ASSERT_TRUE(info);
  EXPECT_TRUE(info->complete);
  EXPECT_EQ(info->length, 16u);
  EXPECT_EQ(info->sha256, sha256_hex("hello worldworld"));
  EXPECT_EQ(info->metadata, "name YQ==");
  EXPECT_EQ(server_->content(info->id), "hello worldworld");
  EXPECT_EQ(server_->uploads.find(info->id)->partials.size(), 5u);
  EXPECT_EQ(completed, 1);
  EXPECT_EQ(server_->uploads.open_append(info->id, {16, 0, {}}).error().code, error_final);
  EXPECT_EQ(server_->uploads.head(info->id)->concat, "final;...");
  EXPECT_EQ(join({world})->sha256, sha256_hex("world"));  // parts may be used again
}

TEST_F(JoinedUploadsTest, OnlyCompletePartsOfTheSameOwnerAreJoined) {
  const auto whole = partial("hello"), half = partial("world", false), plain = create(0);
  EXPECT_EQ(join({whole, half}).error().code, error_unfinished_partial);
  EXPECT_EQ(join({plain}).error().code, error_no_partial);
  EXPECT_EQ(join({UploadId::make(server_->now, server_->rng)}).error().code, error_no_partial);
  auto stranger = server_->uploads.create({"participant/y", "a/b", "", {}, "final;x", {whole}});
  EXPECT_EQ(stranger.error().code, error_no_partial);
  const auto big = partial(pattern(1 << 20));
  EXPECT_EQ(join(std::vector<UploadId>(17, big)).error().code, error_too_large);
}

TEST_F(JoinedUploadsTest, AFinalUploadWhoseServerWasKilledIsPutTogetherWhenAskedFor) {
  const std::string text = pattern(600'000);
  const auto first = partial(text), second = partial(text);
  auto info = server_->database->write([&](db::Transaction& tx) {
    return server_->uploads.create(tx, {"participant/x", "a/b", "", {}, "final;...", {first, second}});
  });
  ASSERT_TRUE(info);
  EXPECT_EQ(info->length, 1'200'000u);
  {  // a part of it, as a server killed in the middle leaves it
    auto writer = *server_->store->append(blob_name(info->id), {0}, {});
    ASSERT_TRUE(writer->append(base::as_bytes(std::string_view(text).substr(0, 1'000))));
  }
  restart();
  EXPECT_FALSE(server_->uploads.find(info->id)->complete);
  const auto whole = server_->uploads.head(info->id);
  ASSERT_TRUE(whole);
  EXPECT_TRUE(whole->complete);
  EXPECT_EQ(whole->sha256, sha256_hex(text + text));
}

TEST_F(JoinedUploadsTest, PartsAreForgottenAfterTheyWereUsedOrNever) {
  const auto used = partial("hello"), unused = partial("world");
  const auto whole = join({used});
  ASSERT_TRUE(whole);
  server_->now += std::chrono::hours(2);
  EXPECT_EQ(*server_->uploads.remove_expired(server_->now), 1u);
  EXPECT_EQ(server_->uploads.find(used).error().code, error_unknown);
  EXPECT_EQ(server_->content(used), "blob.missing");
  EXPECT_TRUE(server_->uploads.find(unused));
  server_->now += std::chrono::hours(24 * 8);
  EXPECT_EQ(server_->uploads.head(unused).error().code, error_expired);
  EXPECT_EQ(join({unused}).error().code, error_no_partial);
  EXPECT_EQ(*server_->uploads.remove_expired(server_->now), 1u);
  EXPECT_EQ(server_->content(whole->id), "hello");
}

TEST_F(JoinedUploadsTest, WrongMediaIsRefusedOfTheWholeAndNotOfParts) {
  server_->uploads.set_hooks({.inspect = [](const UploadInfo&, base::ByteView head) -> base::Status {
                                if (base::as_text(head).starts_with("hello")) return {};
                                return base::fail(error_wrong_media, "no");
                              },
                              .completed = {}});
  const auto hello = partial("hello"), world = partial("world");
  EXPECT_EQ(join({world, hello}).error().code, error_wrong_media);
  EXPECT_TRUE(join({hello, world}));
}

TEST_F(UploadsTest, TheFileStaysOpenFromRequestToRequestAndNoLonger) {
  const auto open_files = [&] {
    std::size_t count = 0;
    const auto blobs = (directory_.path() / "blobs").string();
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
      std::error_code gone;
      if (std::filesystem::read_symlink(entry, gone).string().starts_with(blobs)) ++count;
    }
    return count;
  };
  const auto id = create(10), other = create(10);
  ASSERT_TRUE(patch(id, 0, "01234"));
  EXPECT_EQ(open_files(), 1u);
  ASSERT_TRUE(patch(id, 5, "5"));
  ASSERT_TRUE(patch(other, 0, "0"));
  EXPECT_EQ(open_files(), 2u);
  EXPECT_EQ(patch(id, 6, "6789")->sha256, sha256_hex("0123456789"));
  EXPECT_EQ(open_files(), 1u);
  ASSERT_TRUE(server_->uploads.terminate(other));
  EXPECT_EQ(open_files(), 0u);
}

TEST_F(UploadsTest, ExpiryMovesByTheHour) {
  const auto id = create(10);
  const auto first = patch(id, 0, "0")->expires_at;
  server_->now += std::chrono::minutes(59);
  EXPECT_EQ(patch(id, 1, "1")->expires_at, first);
  server_->now += std::chrono::minutes(1);
  EXPECT_EQ(patch(id, 2, "2")->expires_at, first + std::chrono::hours(1));
  EXPECT_EQ(server_->uploads.find(id)->expires_at, first + std::chrono::hours(1));
}

TEST_F(UploadsTest, TerminationAndExpiry) {
  const auto id = create(10);
  auto appender = *server_->uploads.open_append(id, {0, 10, {}});
  ASSERT_TRUE(appender->write(base::as_bytes("012")));
  ASSERT_TRUE(server_->uploads.terminate(id));
  EXPECT_EQ(appender->write(base::as_bytes("345")).error().code, error_preempted);
  EXPECT_EQ(server_->uploads.head(id).error().code, error_unknown);
  EXPECT_EQ(server_->content(id), "blob.missing");
  EXPECT_EQ(server_->uploads.terminate(id).error().code, error_unknown);

  const auto old = create(10);
  const auto whole = create(1);
  ASSERT_TRUE(patch(whole, 0, "x"));
  server_->now += std::chrono::hours(24 * 8);
  EXPECT_EQ(server_->uploads.open_append(old, {0, 1, {}}).error().code, error_expired);
  EXPECT_EQ(*server_->uploads.remove_expired(server_->now), 1u);
  EXPECT_EQ(server_->uploads.find(old).error().code, error_unknown);
  EXPECT_TRUE(server_->uploads.find(whole));
}

TEST_F(UploadsTest, FourWritersOfFourUploadsAndFourFightingForOne) {
  std::vector<UploadId> ids;
  for (int i = 0; i < 4; ++i) ids.push_back(create(64'000));
  const auto shared = create(4'000);
  const std::string text = pattern(64'000);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (std::size_t at = 0; at < text.size(); at += 4'000)
        EXPECT_TRUE(patch(ids[std::size_t(t)], at, text.substr(at, 4'000)));
      for (;;) {  // as a client does: ask, go on from there, lose to another, ask again
        auto info = server_->uploads.head(shared);
        ASSERT_TRUE(info);
        if (info->complete) break;
        (void)patch(shared, info->offset, std::string_view(text).substr(info->offset, 100));
      }
    });
  }
  for (auto& thread : threads) thread.join();
  for (auto id : ids) EXPECT_EQ(server_->content(id), text);
  EXPECT_EQ(server_->content(shared), text.substr(0, 4'000));
  EXPECT_EQ(server_->uploads.find(shared)->sha256, sha256_hex(text.substr(0, 4'000)));
}

// The child uploads in pieces of random size and tells every offset that it was answered; killed at a random instant,
// the parent finds at least that offset, and the right bytes.
void upload_until_killed(const db::TestDirectory& directory, UploadId id, const std::string& text, std::uint64_t seed,
                         int acknowledge) {
  Server server(directory);
  base::SeededRng rng(seed);
  auto info = server.uploads.head(id);
  while (info && !info->complete) {
    const auto size = std::min<std::uint64_t>(1 + rng.below(200'000), text.size() - info->offset);
    auto appender = server.uploads.open_append(id, {info->offset, size, {}});
    if (!appender) _exit(2);
    for (std::uint64_t at = 0; at < size;) {
      const auto piece = std::min<std::uint64_t>(1 + rng.below(65'536), size - at);
      if (!(*appender)->write(base::as_bytes(std::string_view(text).substr(info->offset + at, piece)))) _exit(3);
      server.now += std::chrono::milliseconds(60);
      at += piece;
    }
    info = (*appender)->finish();
    if (!info || write(acknowledge, &info->offset, sizeof info->offset) != sizeof info->offset) _exit(4);
  }
  _exit(info ? 0 : 5);
}

TEST_F(UploadsTest, KilledAtRandomInstantsNoAcknowledgedByteIsLost) {
  const std::string text = pattern(3'000'000);
  const auto id = create(text.size());
  const std::uint64_t seed = crypto::SystemRng().u64();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  base::SeededRng rng(seed);
  server_.reset();
  int kills = 0, fruitless = 0;
  std::uint64_t reached = 0;
  for (bool complete = false; !complete;) {
    ASSERT_LT(kills, 500);
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    const pid_t child = fork();
    if (child == 0) upload_until_killed(directory_, id, text, rng.u64(), ends[1]);
    close(ends[1]);
    // The random instant; nothing is waited for. A machine that takes long to begin gets longer.
    usleep(useconds_t(5'000 + rng.below(30'000) * std::uint64_t(std::min(1 + fruitless, 30))));
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    ASSERT_TRUE(!WIFEXITED(status) || WEXITSTATUS(status) == 0) << WEXITSTATUS(status);
    ++kills;
    std::uint64_t acknowledged = 0;
    for (std::uint64_t offset = 0; read(ends[0], &offset, sizeof offset) == sizeof offset;) acknowledged = offset;
    close(ends[0]);
    server_ = std::make_unique<Server>(directory_);
    auto info = server_->uploads.find(id);
    ASSERT_TRUE(info);
    ASSERT_GE(info->offset, acknowledged);
    ASSERT_EQ(server_->content(id).substr(0, info->offset), text.substr(0, info->offset));
    complete = info->complete;
    fruitless = info->offset > reached ? 0 : fruitless + 1;
    reached = info->offset;
    server_.reset();
    rng.u64();
  }
  server_ = std::make_unique<Server>(directory_);
  EXPECT_EQ(server_->content(id), text);
  EXPECT_EQ(server_->uploads.find(id)->sha256, sha256_hex(text));
}

}  // namespace
}  // namespace greenroom::upload
