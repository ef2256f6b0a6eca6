// Uploads by parts (STO-02): on disk a clear problem; in S3 (ctest's entry api_s3) against a server that verifies what
// we sign.
#include <curl/curl.h>

#include "api/api_fixture.hpp"
#include "studio/test_studio.hpp"

namespace greenroom::api {
namespace {

constexpr std::string_view multipart = "/api/v1/multipart-uploads";

std::size_t swallow(char*, std::size_t size, std::size_t count, void*) { return size * count; }

// As a browser does it: nothing but the address.
long put(const std::string& url, const std::string& body) {
  CURL* easy = curl_easy_init();
  curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, "PUT");
  curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.size()));
  curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body.data());
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &swallow);
  EXPECT_EQ(curl_easy_perform(easy), CURLE_OK);
  long status = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_cleanup(easy);
  return status;
}

std::string pattern(std::size_t size, unsigned seed) {
  std::string out(size, '\0');
  std::uint32_t state = seed;
  for (char& c : out) c = char((state = state * 1664525u + 1013904223u) >> 24);
  return out;
}

class MultipartUploads : public ApiTest {
 protected:
  void SetUp() override {
    sign_up();
    session_ = make_session();
    token_ = guest_token(session_);
    first_ = pattern(5 << 20, 1);
    last_ = pattern(70'001, 2);
  }
  Answer ask(std::string_view method, const std::string& rest, std::string_view json = "") {
    return call_as(token_, method, std::string(multipart) + rest, json);
  }
  std::string begin(std::string_view json = "{}") {
    const Answer made = ask("POST", "", json);
    EXPECT_EQ(made.status, 201) << made.body;
    EXPECT_EQ(made.header("Location"), std::string(multipart) + "/" + made.text("id"));
    EXPECT_EQ(made.text("state"), "open");
    return "/" + made.text("id");
  }
  std::string sign(const std::string& id, int number) {
    const Answer link = ask("POST", fmt::format("{}/parts/{}", id, number));
    EXPECT_EQ(link.status, 200) << link.body;
    EXPECT_EQ(link.text("method"), "PUT");
    return link.text("url");
  }
  Answer complete(const std::string& id, std::size_t bytes, const std::string& text) {
    return ask("POST", id + "/complete", fmt::format(R"({{"bytes":{},"sha256":"{}"}})", bytes, hash_of(text)));
  }
  std::string both() const { return first_ + last_; }
  // By an upload of the same bytes through the server.
  std::string hash_of(std::string_view text) {
    const auto made = uploads_->create({"nobody", "application/octet-stream", "", text.size()});
    if (text.empty()) return *made->sha256;
    const auto appender = *uploads_->open_append(made->id, {0, text.size(), {}});
    EXPECT_TRUE(appender->write(base::as_bytes(text)));
    return *appender->finish()->sha256;
  }

  std::string session_, token_, first_, last_;
};

TEST_F(MultipartUploads, OnDiskTheyAreAClearProblem) {
  if (blob::on_s3()) GTEST_SKIP() << "this is S3";
  const Answer refused = ask("POST", "", "{}");
  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(refused.text("type"), "/problems/upload.no_storage_for_parts");
  EXPECT_EQ(ask("GET", "/0190163d-8694-739b-aea5-966c26f8ad91").status, 404);
  EXPECT_EQ(call("POST", multipart, "{}").status, 409);
}

class MultipartUploadsInS3 : public MultipartUploads {
 protected:
  void SetUp() override {
    if (!blob::on_s3()) GTEST_SKIP() << "no S3 here";
    MultipartUploads::SetUp();
  }
};

TEST_F(MultipartUploadsInS3, PartsInAnyOrderBecomeAnUpload) {
  const std::string id = begin(R"({"contentType":"video/webm","filename":"a.webm"})");
  first_.replace(0, 4, "\x1a\x45\xdf\xa3");
  EXPECT_EQ(put(sign(id, 2), last_), 200);
  EXPECT_EQ(ask("GET", id + "/parts").at("/items/0/number"), "2");
  EXPECT_EQ(put(sign(id, 1), first_), 200);
  EXPECT_EQ(put(sign(id, 1), first_), 200);  // once more: its answer was lost
  const Answer parts = ask("GET", id + "/parts");
  EXPECT_EQ(parts.at("/items/0/bytes"), std::to_string(first_.size()));
  EXPECT_EQ(parts.at("/items/1/bytes"), std::to_string(last_.size()));
  const Answer whole = complete(id, both().size(), both());
  EXPECT_EQ(whole.status, 200) << whole.body;
  EXPECT_EQ(whole.text("state"), "complete");
  EXPECT_EQ(complete(id, both().size(), both()).text("state"), "complete");  // asked twice
  EXPECT_EQ(ask("GET", id).text("sha256"), whole.text("sha256"));
  const auto reader = store_->open(upload::blob_name(*upload::UploadId::parse(id.substr(1))));
  ASSERT_TRUE(reader);
  EXPECT_EQ((*reader)->size().value, both().size());
  EXPECT_EQ(ask("POST", id + "/parts/1").status, 403);
}

TEST_F(MultipartUploadsInS3, WhatIsNotWhatWasSaidIsNoUpload) {
  const std::string id = begin(fmt::format(R"({{"bytes":{}}})", last_.size()));
  EXPECT_EQ(put(sign(id, 1), last_), 200);
  EXPECT_EQ(complete(id, last_.size() + 1, last_).status, 400);
  EXPECT_EQ(ask("GET", id).text("state"), "open");
  const Answer other = complete(id, last_.size(), first_);
  EXPECT_EQ(other.status, 460);
  EXPECT_EQ(other.text("type"), "/problems/upload.checksum_mismatch");
  EXPECT_EQ(ask("GET", id).status, 404);
  EXPECT_FALSE(store_->open(upload::blob_name(*upload::UploadId::parse(id.substr(1)))));
}

TEST_F(MultipartUploadsInS3, SmallPartsAreOnlyLast) {
  const std::string id = begin();
  EXPECT_EQ(complete(id, 0, "").status, 400);
  EXPECT_EQ(put(sign(id, 1), last_), 200);
  EXPECT_EQ(put(sign(id, 2), last_), 200);
  EXPECT_EQ(complete(id, 2 * last_.size(), last_ + last_).text("type"), "/problems/upload.part");
  EXPECT_EQ(ask("POST", id + "/parts/0").status, 400);
  EXPECT_EQ(ask("POST", id + "/parts/10001").status, 400);
  EXPECT_EQ(put(sign(id, 1), first_), 200);  // sent again, large enough: it replaces the small one
  EXPECT_EQ(complete(id, both().size(), both()).status, 200);
}

TEST_F(MultipartUploadsInS3, MediaIsLookedAt) {
  const std::string id = begin(R"({"contentType":"video/webm;codecs=vp8"})");
  EXPECT_EQ(put(sign(id, 1), "dear diary, this is no film at all"), 200);
  EXPECT_EQ(complete(id, 34, "dear diary, this is no film at all").status, 415);
  EXPECT_EQ(ask("GET", id).status, 404);
}

TEST_F(MultipartUploadsInS3, AbortedOnesAreGoneThereAsWell) {
  const std::string id = begin();
  const std::string link = sign(id, 1);
  EXPECT_EQ(put(link, last_), 200);
  EXPECT_EQ(ask("DELETE", id).status, 204);
  EXPECT_EQ(ask("GET", id).status, 404);
  EXPECT_EQ(put(link, last_), 404);
}

TEST_F(MultipartUploadsInS3, ALinkIsGoodForItsPartAlone) {
  const std::string id = begin();
  std::string link = sign(id, 1);
  link.replace(link.find("partNumber=1"), 12, "partNumber=2");
  EXPECT_EQ(put(link, last_), 403);
  EXPECT_EQ(ask("GET", id + "/parts").at("/items"), "[]");
}

TEST_F(MultipartUploadsInS3, OnlyItsMakerMayTouchItAndOnlyThisWay) {
  const std::string id = begin();
  const Fields tus = {{"Authorization", "Bearer " + token_},
                      {"Tus-Resumable", "1.0.0"},
                      {"Upload-Offset", "0"},
                      {"Content-Type", "application/offset+octet-stream"}};
  EXPECT_EQ(send("PATCH", "/api/v1/uploads" + id, "x", tus).status, 409);
  EXPECT_EQ(send("HEAD", "/api/v1/uploads" + id, "", tus).header("Upload-Offset"), "0");
  token_ = guest_token(session_, "Other");
  EXPECT_EQ(ask("GET", id).status, 404);
  EXPECT_EQ(ask("POST", id + "/parts/1").status, 404);
  EXPECT_EQ(complete(id, 1, "x").status, 404);
  EXPECT_EQ(ask("DELETE", id).status, 404);
}

// An hour later it goes on, and a week later it has expired, in the storage as well.
TEST_F(MultipartUploadsInS3, ExpiredOnesAreAborted) {
  const std::string id = begin();
  const std::string link = sign(id, 1);
  EXPECT_EQ(put(link, last_), 200);
  now_ += std::chrono::hours(24 * 8);
  EXPECT_EQ(*uploads_->remove_expired(now_), 1u);
  EXPECT_EQ(put(link, last_), 404);
}

}  // namespace
}  // namespace greenroom::api
