// Against a server that verifies what we sign (tools/swift_server.py); without one these tests are left out.
#include <curl/curl.h>

#include <fstream>

#include "base/assert.hpp"
#include "base/test_directory.hpp"
#include "blob/detail/s3_copy.hpp"
#include "blob/test_store.hpp"

namespace greenroom::blob {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

base::Bytes pattern(std::size_t size, unsigned seed) {
  base::Bytes out(size);
  std::uint32_t state = seed * 2654435761u + 1;
  for (auto& byte : out) byte = std::uint8_t((state = state * 1664525u + 1013904223u) >> 24);
  return out;
}

std::size_t append_text(char* data, std::size_t size, std::size_t count, void* out) {
  static_cast<std::string*>(out)->append(data, size * count);
  return size * count;
}

struct Plain {
  long status = 0;
  std::string body, head;
};

// As a browser does it: nothing but the address.
Plain fetch_plainly(const std::string& url, const std::string& put = {}) {
  Plain out;
  CURL* easy = curl_easy_init();
  curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
  if (!put.empty()) {
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, "PUT");
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, put.c_str());
  }
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &append_text);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &out.body);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &append_text);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &out.head);
  EXPECT_EQ(curl_easy_perform(easy), CURLE_OK);
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &out.status);
  curl_easy_cleanup(easy);
  return out;
}

class S3Test : public testing::Test {
 protected:
  void SetUp() override {
    if (!getenv("GREENROOM_TEST_S3")) GTEST_SKIP() << "no GREENROOM_TEST_S3";
    make_test_bucket();
  }
  S3Options options() const { return test_s3_options(root_.filename().string() + "/"); }
  S3Client client() const { return *S3Client::make(options()); }
  std::unique_ptr<S3Store> store(bool links = false) const { return *S3Store::open(root_ / "blobs", options(), links); }

  static void make(Store& store, const Name& name, base::ByteView bytes) {
    auto writer = store.append(name, {0}, {});
    ASSERT_TRUE(writer);
    ASSERT_TRUE((*writer)->append(bytes));
    ASSERT_TRUE(store.seal(name));
  }
  static base::Bytes content(Store& store, const Name& name) {
    auto reader = store.open(name);
    if (!reader) return {};
    base::Bytes out((*reader)->size().value);
    for (std::size_t at = 0; at < out.size(); at += 100'000) {
      const auto piece = base::ByteSpan(out).subspan(at, std::min<std::size_t>(100'000, out.size() - at));
      EXPECT_EQ(*(*reader)->read(at, piece), piece.size());
    }
    return out;
  }
  static S3Store::MoveRules all() {
    return {[](const Name&) { return true; }};
  }
  std::size_t files() const {
    std::size_t count = 0;
    for (const auto& entry : fs::recursive_directory_iterator(root_ / "blobs"))
      count += entry.is_regular_file() && entry.path().filename() != "moving.lock";
    return count;
  }

  const base::TestDirectory directory_;
  const fs::path& root_ = directory_.path();
  const Name name_ = *Name::parse("assets/0190163d/mix.mp4");
};

TEST_F(S3Test, PutsGetsListsAndRemoves) {
  const auto s3 = client();
  const auto bytes = pattern(100'000, 1);
  ASSERT_TRUE(s3.put("a/b-._.x", bytes));
  base::Bytes part(1'000);
  EXPECT_EQ(*s3.get("a/b-._.x", 99'500, part), 500u);
  EXPECT_TRUE(std::equal(part.begin(), part.begin() + 500, bytes.end() - 500));
  EXPECT_EQ(s3.head("a/b-._.x")->size, bytes.size());
  ASSERT_TRUE(s3.put("a/c", {}));
  const auto listing = s3.list("a/");
  ASSERT_TRUE(listing);
  ASSERT_EQ(listing->objects.size(), 2u);
  EXPECT_EQ(listing->objects[0].key, "a/b-._.x");
  EXPECT_EQ(listing->objects[0].size, bytes.size());
  ASSERT_TRUE(s3.remove("a/c"));
  ASSERT_TRUE(s3.remove("a/c"));
  EXPECT_EQ(s3.head("a/c").error().code, error_missing);
  EXPECT_EQ(s3.get("a/c", 0, part).error().code, error_missing);
  EXPECT_EQ(s3.list("a/")->objects.size(), 1u);
}

TEST_F(S3Test, AnObjectThatWasReplacedIsNotReadAsTheOldOne) {
  const auto s3 = client();
  ASSERT_TRUE(s3.put("x", pattern(10, 1)));
  const auto old = s3.head("x")->etag;
  ASSERT_TRUE(s3.put("x", pattern(10, 2)));
  base::Bytes out(10);
  EXPECT_FALSE(s3.get("x", 0, out, old));
  EXPECT_TRUE(s3.get("x", 0, out, s3.head("x")->etag));
}

TEST_F(S3Test, MakesObjectsOfParts) {
  const auto s3 = client();
  const auto id = s3.initiate("big");
  ASSERT_TRUE(id);
  std::vector<StoredPart> parts;
  for (const unsigned number : {2u, 1u}) parts.push_back(*s3.put_part("big", *id, number, pattern(5'000, number)));
  const auto listed = s3.parts("big", *id);
  ASSERT_TRUE(listed);
  ASSERT_EQ(listed->size(), 2u);
  EXPECT_EQ((*listed)[1].number, 2u);
  EXPECT_EQ((*listed)[1].etag, parts[0].etag);
  EXPECT_EQ(s3.uploads("big")->at(0).id, *id);
  ASSERT_TRUE(s3.complete("big", *id, *listed));
  EXPECT_EQ(s3.head("big")->size, 10'000u);
  base::Bytes out(2);
  EXPECT_EQ(*s3.get("big", 4'999, out), 2u);
  EXPECT_EQ(out[0], pattern(5'000, 1).back());
  EXPECT_EQ(out[1], pattern(5'000, 2).front());
  EXPECT_TRUE(s3.uploads("big")->empty());
}

TEST_F(S3Test, AbortsAnUpload) {
  const auto s3 = client();
  const auto id = *s3.initiate("big");
  ASSERT_TRUE(s3.put_part("big", id, 1, pattern(10, 1)));
  ASSERT_TRUE(s3.abort("big", id));
  ASSERT_TRUE(s3.abort("big", id));
  EXPECT_EQ(s3.parts("big", id).error().code, error_missing);
  EXPECT_EQ(s3.put_part("big", id, 1, pattern(10, 1)).error().code, error_missing);
  EXPECT_EQ(s3.head("big").error().code, error_missing);
}

TEST_F(S3Test, LinksCarryTheirPermission) {
  const auto s3 = client();
  ASSERT_TRUE(s3.put("x.mp4", base::as_bytes("hello")));
  const auto link = s3.link("x.mp4", {1min, "video/mp4", "attachment; filename=\"a b.mp4\""});
  const auto answer = fetch_plainly(link);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "hello");
  EXPECT_THAT(answer.head, testing::HasSubstr("video/mp4"));
  EXPECT_THAT(answer.head, testing::HasSubstr("filename=\"a b.mp4\""));
  EXPECT_EQ(fetch_plainly(link + "0").status, 403);
  EXPECT_NE(fetch_plainly(link.substr(0, link.find('?'))).status, 200);
  auto yesterday = options();
  yesterday.now = [] { return test_clock() - 1h; };
  EXPECT_EQ(fetch_plainly(S3Client::make(yesterday)->link("x.mp4", {1min, {}, {}})).status, 403);
}

TEST_F(S3Test, PartsMayComeFromElsewhereByLinks) {
  const auto s3 = client();
  const auto id = *s3.initiate("big");
  for (const unsigned number : {1u, 2u})
    EXPECT_EQ(fetch_plainly(s3.part_link("big", id, number, 1min), fmt::format("part {};", number)).status, 200);
  ASSERT_TRUE(s3.complete("big", id, *s3.parts("big", id)));
  base::Bytes out(14);
  EXPECT_EQ(*s3.get("big", 0, out), 14u);
  EXPECT_EQ(base::as_text(out), "part 1;part 2;");
}

TEST_F(S3Test, SaysWhatIsWrong) {
  const auto code_of = [&](auto change) {
    auto wrong = options();
    wrong.attempts = 1;
    change(wrong);
    const auto status = S3Client::make(wrong)->check();
    return status ? std::string_view("none") : status.error().code.name;
  };
  EXPECT_EQ(code_of([](S3Options&) {}), "none");
  EXPECT_EQ(code_of([](S3Options& o) { o.credentials.secret_key = "wrong"; }), error_credentials.name);
  EXPECT_EQ(code_of([](S3Options& o) { o.credentials.access_key = "test:nobody"; }), error_credentials.name);
  EXPECT_EQ(code_of([](S3Options& o) { o.credentials = {"test:reader", "reading"}; }), error_denied.name);
  EXPECT_EQ(code_of([](S3Options& o) { o.bucket = "no-such-bucket"; }), error_bucket.name);
  EXPECT_EQ(code_of([](S3Options& o) { o.region = "eu-central-1"; }), error_bucket.name);
  EXPECT_EQ(code_of([](S3Options& o) { o.now = [] { return test_clock() - 20min; }; }), error_clock.name);
  EXPECT_EQ(code_of([](S3Options& o) { o.now = [] { return test_clock() + 20min; }; }), error_clock.name);
  EXPECT_EQ(code_of([](S3Options& o) { o.endpoint = "http://127.0.0.1:1"; }), "blob.storage_unreachable");
}

TEST_F(S3Test, AWrongSecretStoresNothing) {
  auto wrong = options();
  wrong.credentials.secret_key = "testinG";
  EXPECT_EQ(S3Client::make(wrong)->put("x", pattern(10, 1)).error().code, error_credentials);
  EXPECT_EQ(client().head("x").error().code, error_missing);
}

TEST_F(S3Test, MovesWhatIsSealedAndReferredTo) {
  const auto store = this->store();
  const auto kept = *Name::parse("uploads/kept"), growing = *Name::parse("uploads/growing");
  make(*store, name_, pattern(3'000'000, 1));
  make(*store, kept, pattern(10, 2));
  ASSERT_TRUE(store->append(growing, {0}, {}));
  const auto moved = store->move_sealed({[&](const Name& name) { return name == name_; }});
  ASSERT_TRUE(moved);
  EXPECT_EQ(moved->blobs, 1u);
  EXPECT_EQ(moved->bytes, 3'000'000u);
  EXPECT_EQ(moved->waiting, 1u);
  EXPECT_EQ(files(), 2u);
  EXPECT_EQ(content(*store, name_), pattern(3'000'000, 1));
  EXPECT_EQ(store->client().head(kept.str()).error().code, error_missing);
  EXPECT_EQ(store->move_sealed({[&](const Name& name) { return name == name_; }})->blobs, 0u);
}

TEST_F(S3Test, MovesLargeBlobsInParts) {
  const auto store = this->store();
  const auto bytes = pattern(std::size_t(part_bytes_min) * 2 + 12'345, 3);
  make(*store, name_, bytes);
  const auto left = *store->client().initiate(name_.str());  // by a process that was killed
  ASSERT_TRUE(store->client().put_part(name_.str(), left, 1, pattern(10, 9)));
  EXPECT_EQ(store->move_sealed(all())->bytes, bytes.size());
  EXPECT_EQ(files(), 0u);
  EXPECT_THAT(store->client().head(name_.str())->etag, testing::EndsWith("-3\""));
  EXPECT_TRUE(store->client().uploads(name_.str())->empty());
  EXPECT_EQ(content(*store, name_), bytes);
  const fs::path folder = store->scratch() / "job";
  fs::create_directories(folder);
  const auto file = store->fetch(name_, folder);
  ASSERT_TRUE(file);
  std::ifstream in(*file, std::ios::binary);
  EXPECT_EQ(base::Bytes(std::istreambuf_iterator<char>(in), {}), bytes);
}

TEST_F(S3Test, KeepsTheSourceWhenItCannotBeMoved) {
  make(*store(), name_, pattern(1'000, 1));
  for (auto change :
       {+[](S3Options& o) { o.credentials.secret_key = "wrong"; },
        +[](S3Options& o) { o.endpoint = "http://127.0.0.1:1"; }, +[](S3Options& o) { o.bucket = "no-such-bucket"; }}) {
    auto wrong = options();
    wrong.attempts = 1;
    change(wrong);
    const auto elsewhere = *S3Store::open(root_ / "blobs", wrong, false);
    EXPECT_FALSE(elsewhere->move_sealed(all()));
    EXPECT_EQ(content(*elsewhere, name_), pattern(1'000, 1));  // and it is read without asking S3
  }
  EXPECT_EQ(files(), 1u);
}

TEST_F(S3Test, StopsBetweenTwoPartsAndLeavesNothingBehind) {
  const auto store = this->store();
  make(*store, name_, pattern(std::size_t(part_bytes_min) + 1, 1));
  int asked = 0;
  const auto stop = [&] { return ++asked > 2; };
  EXPECT_FALSE(store->move_sealed({[](const Name&) { return true; }, stop}));
  EXPECT_EQ(files(), 1u);
  EXPECT_TRUE(store->client().uploads("")->empty());
}

TEST_F(S3Test, WhatIsRemovedWhileItMovesIsGone) {
  const auto store = this->store();
  make(*store, name_, pattern(10, 1));
  int asked = 0;
  ASSERT_TRUE(store->move_sealed({[&](const Name&) { return asked++ == 0; }}));
  EXPECT_EQ(asked, 2);
  EXPECT_EQ(store->stat(name_).error().code, error_missing);
}

TEST_F(S3Test, OneMovesAtATime) {
  const auto store = this->store(), other = this->store();
  make(*store, name_, pattern(10, 1));
  std::size_t moved_by_other = 99;
  ASSERT_TRUE(store->move_sealed({[&](const Name&) {
    moved_by_other = other->move_sealed(all())->blobs;
    return true;
  }}));
  EXPECT_EQ(moved_by_other, 0u);
  EXPECT_EQ(files(), 0u);
}

TEST_F(S3Test, SendsBrowsersToS3WhenToldSo) {
  const auto direct = store(true);
  make(*direct, name_, base::as_bytes("hello"));
  EXPECT_EQ(direct->link(name_, {}), "");  // still here
  ASSERT_TRUE(direct->move_sealed(all()));
  EXPECT_EQ(fetch_plainly(direct->link(name_, {"text/plain", {}})).body, "hello");
  EXPECT_EQ(store(false)->link(name_, {}), "");
}

TEST(S3Address, IsABucketAndAPrefix) {
  S3Options options;
  ASSERT_TRUE(set_address(options, "s3://bucket/studio/one/"));
  EXPECT_EQ(options.bucket, "bucket");
  EXPECT_EQ(options.prefix, "studio/one/");
  ASSERT_TRUE(set_address(options, "s3://bucket"));
  EXPECT_EQ(options.prefix, "");
  for (const char* bad :
       {"", "disk", "s3:", "s3://", "s3:///x", "http://b", "s3://b//x", "s3://b/../x", "s3://b?x", "s3://a b"})
    EXPECT_FALSE(set_address(options, bad)) << bad;
}

TEST(S3Address, AnEndpointIsASchemeAndAHost) {
  S3Options options;
  options.bucket = "bucket";
  options.credentials = {"key", "secret"};
  EXPECT_EQ(S3Client::make(options)->origin(), "https://bucket.s3.us-east-1.amazonaws.com");
  options.endpoint = "http://localhost:9000/";
  options.path_style = true;
  EXPECT_EQ(S3Client::make(options)->origin(), "http://localhost:9000");
  for (const char* bad : {"localhost:9000", "ftp://x", "https://", "https://x/y", "https://u@x"}) {
    options.endpoint = bad;
    EXPECT_EQ(S3Client::make(options).error().code, error_storage_address) << bad;
  }
  options.endpoint = {};
  options.credentials.secret_key = {};
  EXPECT_EQ(S3Client::make(options).error().code, error_credentials);
}

TEST(S3Copy, HasNoMorePartsThanS3Takes) {
  EXPECT_EQ(part_size_for(10), part_bytes_min);
  for (const std::uint64_t size : {std::uint64_t(10) << 30, std::uint64_t(1) << 40, std::uint64_t(5) << 40})
    EXPECT_LE((size + part_size_for(size) - 1) / part_size_for(size), parts_max);
}

}  // namespace
}  // namespace greenroom::blob
