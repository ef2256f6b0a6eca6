// What storages do on bad days, and what those do whose entity tags are no MD5: each told by a script.

#include <filesystem>

#include "base/assert.hpp"
#include "base/test_directory.hpp"
#include "blob/s3_store.hpp"
#include "blob/test_http_script.hpp"
#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"

namespace greenroom::blob {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;

const std::string busy = "503 Slow Down\r\n\r\n<Error><Code>SlowDown</Code></Error>";
const std::string hello_tag = crypto::to_hex(crypto::md5(base::as_bytes("hello")));
const std::string no_tag = "200 OK\r\nETag: \"not-md5\"\r\n\r\n";
const std::string no_tag_head = "200 OK\r\nContent-Length: 5\r\nETag: \"not-md5\"\r\n\r\n";

S3Options options_for(const HttpScript& script) {
  S3Options options;
  options.bucket = "bucket";
  options.endpoint = script.endpoint();
  options.path_style = true;
  options.credentials = {"key", "secret"};
  options.now = [] { return base::wall_from_micros(1'700'000'000'000'000); };
  options.backoff = std::chrono::milliseconds(1);
  return options;
}

S3Client client_of(const HttpScript& script) { return *S3Client::make(options_for(script)); }

TEST(S3Trouble, ABusyStorageIsAskedAgain) {
  HttpScript script({busy, "", "500 Oops\r\n\r\n", "200 OK\r\nETag: \"x\"\r\n\r\n"});
  EXPECT_EQ(*client_of(script).put("x", base::as_bytes("hello")), "\"x\"");
  EXPECT_THAT(script.asked(), ElementsAre("PUT /bucket/x", "PUT /bucket/x", "PUT /bucket/x", "PUT /bucket/x"));
}

TEST(S3Trouble, ButNotForEver) {
  HttpScript script({busy, busy, busy, busy, no_tag});
  const auto put = client_of(script).put("x", {});
  EXPECT_EQ(put.error().code, error_busy);
  EXPECT_THAT(put.error().context, testing::HasSubstr("503 SlowDown"));
  EXPECT_EQ(script.asked().size(), 4u);
}

TEST(S3Trouble, WhatIsWrongIsNotAskedAgain) {
  HttpScript script({"403 Forbidden\r\n\r\n<Error><Code>InvalidAccessKeyId</Code></Error>", no_tag});
  EXPECT_EQ(client_of(script).put("x", {}).error().code, error_credentials);
  EXPECT_EQ(script.asked().size(), 1u);
}

TEST(S3Trouble, AServerWithoutRangesIsNotBelieved) {
  HttpScript script({"200 OK\r\n\r\nhello", "200 OK\r\n\r\nhello", "200 OK\r\n\r\nhello"});
  base::Bytes out(5);
  EXPECT_EQ(*client_of(script).get("x", 0, out), 5u);
  EXPECT_EQ(client_of(script).get("x", 1, out).error().code, error_answer);
  EXPECT_FALSE(client_of(script).get("x", 0, base::ByteSpan(out).first(2)));
}

TEST(S3Trouble, AListingWithoutAnEndIsGivenUp) {
  const std::string page =
      "200 OK\r\n\r\n<ListPartsResult><IsTruncated>true</IsTruncated><NextPartNumberMarker>1</"
      "NextPartNumberMarker></ListPartsResult>";
  HttpScript script({page, page, page});
  EXPECT_TRUE(client_of(script).parts("x", "id"));
  EXPECT_EQ(script.asked().size(), 2u);
}

class MoveTest : public testing::Test {
 protected:
  std::unique_ptr<S3Store> store(const HttpScript& script, std::string_view content = "hello") {
    auto store = *S3Store::open(root_, options_for(script), false);
    auto writer = *store->append(name_, {0}, {});
    EXPECT_TRUE(writer->append(base::as_bytes(content)));
    EXPECT_TRUE(store->seal(name_));
    return store;
  }
  bool is_here() { return (*DiskStore::open(root_))->stat(name_).has_value(); }

  const base::TestDirectory directory_;
  const fs::path& root_ = directory_.path();
  const Name name_ = *Name::parse("uploads/x");
};

TEST_F(MoveTest, ATagThatIsTheHashIsProof) {
  const std::string tag = fmt::format("ETag: \"{}\"\r\n", hello_tag);
  HttpScript script({"200 OK\r\n" + tag + "\r\n", "200 OK\r\nContent-Length: 5\r\n" + tag + "\r\n"});
  EXPECT_EQ(*store(script)->move(name_), 5u);
  EXPECT_FALSE(is_here());
  EXPECT_THAT(script.asked(), ElementsAre("PUT /bucket/uploads/x", "HEAD /bucket/uploads/x"));
}

TEST_F(MoveTest, AnotherTagIsNoneSoTheCopyIsReadBack) {
  HttpScript script({no_tag, no_tag_head, "206 Partial Content\r\n\r\nhello"});
  EXPECT_EQ(*store(script)->move(name_), 5u);
  EXPECT_FALSE(is_here());
}

TEST_F(MoveTest, ACopyThatDiffersLeavesTheSourceAlone) {
  HttpScript script({no_tag, no_tag_head, "206 Partial Content\r\n\r\nhellO"});
  EXPECT_EQ(store(script)->move(name_).error().code, error_not_the_same);
  EXPECT_TRUE(is_here());
}

TEST_F(MoveTest, ACopyOfAnotherSizeToo) {
  HttpScript script({no_tag, "200 OK\r\nContent-Length: 4\r\nETag: \"not-md5\"\r\n\r\n"});
  EXPECT_EQ(store(script)->move(name_).error().code, error_not_the_same);
  EXPECT_TRUE(is_here());
}

TEST_F(MoveTest, ACopyThatIsNotThereToo) {
  HttpScript script({no_tag, "404 Not Found\r\n\r\n"});
  EXPECT_EQ(store(script)->move(name_).error().code, error_not_the_same);
  EXPECT_TRUE(is_here());
}

TEST_F(MoveTest, OneBlobsTroubleIsNotTheOthers) {
  HttpScript script({no_tag, "200 OK\r\nContent-Length: 4\r\nETag: \"not-md5\"\r\n\r\n"});
  const auto moved = store(script)->move_sealed({[](const Name&) { return true; }});
  ASSERT_TRUE(moved);
  EXPECT_EQ(moved->problems.at(0).code, error_not_the_same);
  EXPECT_TRUE(is_here());
}

}  // namespace
}  // namespace greenroom::blob
