// tus 1.0.0, rule by rule, over real uploads.
#include "api/api_fixture.hpp"
#include "wire/tus.hpp"

namespace greenroom::api {
namespace {

class Tus : public ApiTest {
 protected:
  void SetUp() override {
    sign_up();
    session_ = make_session();
    token_ = guest_token(session_);
  }

  Answer tus(std::string_view method, std::string_view path, std::string body = "", Fields more = {}) {
    Fields fields = {{"Authorization", "Bearer " + token_}, {"Tus-Resumable", "1.0.0"}};
    if (method == "PATCH") fields.emplace_back("Content-Type", std::string(wire::tus_content_type));
    for (auto& field : more) fields.push_back(std::move(field));
    Answer answer = send(method, path, std::move(body), std::move(fields));
    EXPECT_EQ(answer.header("Tus-Resumable"), "1.0.0");
    return answer;
  }
  Answer patch(std::string_view path, std::uint64_t offset, std::string body, Fields more = {}) {
    more.emplace_back("Upload-Offset", std::to_string(offset));
    return tus("PATCH", path, std::move(body), std::move(more));
  }
  std::string create(Fields fields) {
    const Answer answer = tus("POST", "/api/v1/uploads", "", std::move(fields));
    EXPECT_EQ(answer.status, 201) << answer.body;
    return answer.header("Location");
  }
  std::string stem_upload(std::string_view source, std::string_view content_type) {
    return announce_stem(token_, start_take(session_),
                         fmt::format(R"({{"clientKey":"0190163d-8694-739b-aea5-966c26f8ad91","source":"{}",)"
                                     R"("contentType":"{}","startedAtMs":1790000000000}})",
                                     source, content_type));
  }

  std::string session_;
  std::string token_;
};

TEST_F(Tus, OptionsSaysWhatIsOffered) {
  const Answer answer = send("OPTIONS", "/api/v1/uploads");
  EXPECT_EQ(answer.status, 204);
  EXPECT_EQ(answer.header("Tus-Version"), "1.0.0");
  EXPECT_NE(answer.header("Tus-Extension").find("creation-defer-length"), std::string::npos);
  EXPECT_NE(answer.header("Tus-Max-Size"), "");
}

TEST_F(Tus, CreateAppendAndLook) {
  const std::string path = create({{"Upload-Length", "11"}, {"Upload-Metadata", "filetype dGV4dC9wbGFpbg=="}});
  Answer head = tus("HEAD", path);
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.header("Upload-Offset"), "0");
  EXPECT_EQ(head.header("Upload-Length"), "11");
  EXPECT_EQ(head.header("Upload-Metadata"), "filetype dGV4dC9wbGFpbg==");
  EXPECT_EQ(head.header("Cache-Control"), "no-store");
  EXPECT_TRUE(head.header("Upload-Expires").ends_with(" GMT"));
  EXPECT_EQ(patch(path, 0, "hello ").header("Upload-Offset"), "6");
  EXPECT_EQ(tus("HEAD", path).header("Upload-Offset"), "6");
  const Answer last = patch(path, 6, "world");
  EXPECT_EQ(last.status, 204);
  EXPECT_EQ(last.header("Upload-Offset"), "11");
  EXPECT_EQ(tus("HEAD", path).header("Repr-Digest"), "sha-256=:uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek=:");
}

TEST_F(Tus, WrongOffsetsAreConflicts) {
  const std::string path = create({{"Upload-Length", "100"}});
  EXPECT_EQ(patch(path, 5, "x").status, 409);
  EXPECT_EQ(patch(path, 0, "x").status, 204);
  EXPECT_EQ(patch(path, 0, "x").status, 409);
  EXPECT_EQ(tus("PATCH", path, "x").status, 400);
  EXPECT_EQ(tus("PATCH", path, "x", {{"Upload-Offset", "-1"}}).status, 400);
  EXPECT_EQ(tus("HEAD", path).header("Upload-Offset"), "1");
}

TEST_F(Tus, TooManyBytesAreRefusedAndNotKept) {
  const std::string path = create({{"Upload-Length", "5"}});
  EXPECT_EQ(patch(path, 0, "123456").status, 413);
  EXPECT_EQ(tus("HEAD", path).header("Upload-Offset"), "0");
  EXPECT_EQ(tus("POST", "/api/v1/uploads", "", {{"Upload-Length", "999999999999999"}}).status, 413);
}

TEST_F(Tus, LengthMayComeLate) {
  const std::string path = create({{"Upload-Defer-Length", "1"}});
  EXPECT_EQ(tus("HEAD", path).header("Upload-Defer-Length"), "1");
  EXPECT_EQ(tus("HEAD", path).header("Upload-Length"), "");
  EXPECT_EQ(patch(path, 0, std::string(2500, 'a')).header("Upload-Offset"), "2500");
  EXPECT_EQ(patch(path, 2500, "", {{"Upload-Length", "2500"}}).status, 204);
  EXPECT_EQ(tus("HEAD", path).header("Upload-Length"), "2500");
  EXPECT_EQ(tus("POST", "/api/v1/uploads").status, 400);
  EXPECT_EQ(tus("POST", "/api/v1/uploads", "", {{"Upload-Length", "1"}, {"Upload-Defer-Length", "1"}}).status, 400);
}

TEST_F(Tus, CreationMayBringBytes) {
  const Fields typed = {{"Upload-Length", "11"}, {"Content-Type", std::string(wire::tus_content_type)}};
  const Answer answer = tus("POST", "/api/v1/uploads", "hello", typed);
  EXPECT_EQ(answer.status, 201) << answer.body;
  EXPECT_EQ(answer.header("Upload-Offset"), "5");
  EXPECT_EQ(tus("HEAD", answer.header("Location")).header("Upload-Offset"), "5");
  EXPECT_EQ(tus("POST", "/api/v1/uploads", "hello", {{"Upload-Length", "11"}, {"Content-Type", "text/plain"}}).status,
            415);
}

TEST_F(Tus, VersionsAndTypesMustFit) {
  const std::string path = create({{"Upload-Length", "5"}});
  const std::string bearer = "Bearer " + token_;
  const Answer old = send("PATCH", path, "x", {{"Authorization", bearer}, {"Tus-Resumable", "0.2.2"}});
  EXPECT_EQ(old.status, 412);
  EXPECT_EQ(old.header("Tus-Version"), "1.0.0");
  EXPECT_EQ(send("HEAD", path, "", {{"Authorization", bearer}}).status, 412);
  EXPECT_EQ(
      send("PATCH", path, "x",
           {{"Authorization", bearer}, {"Tus-Resumable", "1.0.0"}, {"Upload-Offset", "0"}, {"Content-Type", "text/x"}})
          .status,
      415);
}

TEST_F(Tus, ChecksumsAreVerifiedAndWhatFailsIsNotKept) {
  const Answer options = send("OPTIONS", "/api/v1/uploads");
  EXPECT_EQ(options.header("Tus-Checksum-Algorithm"), "sha1,sha256,md5,crc32");
  const std::string path = create({{"Upload-Length", "11"}});
  EXPECT_EQ(patch(path, 0, "x", {{"Upload-Checksum", "sha1 AAAA"}}).status, 400);
  EXPECT_EQ(patch(path, 0, "x", {{"Upload-Checksum", "sha512 AAAA"}}).status, 400);
  const Fields sum = {{"Upload-Checksum", "sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0="}};
  const Answer wrong = patch(path, 0, "hello w0rld", sum);
  EXPECT_EQ(wrong.status, 460);
  EXPECT_EQ(wrong.text("type"), "/problems/upload.checksum_mismatch");
  EXPECT_EQ(tus("HEAD", path).header("Upload-Offset"), "0");
  EXPECT_EQ(patch(path, 0, "hello world", sum).header("Upload-Offset"), "11");
}

TEST_F(Tus, PartsBecomeAWhole) {
  const std::string first = create({{"Upload-Length", "6"}, {"Upload-Concat", "partial"}});
  const Answer second_made = tus("POST", "/api/v1/uploads", "", {{"Upload-Length", "5"}, {"Upload-Concat", "partial"}});
  EXPECT_EQ(second_made.header("Upload-Concat"), "partial");
  const std::string second = second_made.header("Location");
  const std::string concat = "final;" + first + " https://studio.test" + second;
  EXPECT_EQ(patch(first, 0, "hello ").status, 204);
  EXPECT_EQ(tus("POST", "/api/v1/uploads", "", {{"Upload-Concat", concat}}).status, 409);
  EXPECT_EQ(patch(second, 0, "world").status, 204);
  EXPECT_EQ(tus("HEAD", second).header("Upload-Concat"), "partial");
  EXPECT_EQ(tus("HEAD", second).header("Upload-Offset"), "5");
  const Answer made = tus("POST", "/api/v1/uploads", "", {{"Upload-Concat", concat}, {"Upload-Metadata", "name YQ=="}});
  EXPECT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.header("Upload-Concat"), concat);
  const std::string whole = made.header("Location");
  const Answer head = tus("HEAD", whole);
  EXPECT_EQ(head.header("Upload-Offset"), "11");
  EXPECT_EQ(head.header("Upload-Length"), "11");
  EXPECT_EQ(head.header("Upload-Concat"), concat);
  EXPECT_EQ(head.header("Upload-Metadata"), "name YQ==");
  EXPECT_EQ(patch(whole, 11, "!").status, 403);
  EXPECT_EQ(patch(whole, 0, "").status, 403);
}

TEST_F(Tus, WhatIsNoPartOfOursIsRefused) {
  const std::string plain = create({{"Upload-Length", "0"}});
  for (const std::string& concat :
       {"final;" + plain, std::string("final;/files/a"), std::string("final;/api/v1/uploads/nonsense"),
        std::string("final;https://x"), std::string("final;"), std::string("whole")}) {
    EXPECT_EQ(tus("POST", "/api/v1/uploads", "", {{"Upload-Concat", concat}}).status, 400) << concat;
  }
  const std::string part = create({{"Upload-Length", "1"}, {"Upload-Concat", "partial"}});
  patch(part, 0, "x");
  token_ = guest_token(session_, "Other");
  EXPECT_EQ(tus("POST", "/api/v1/uploads", "", {{"Upload-Concat", "final;" + part}}).status, 400);
}

TEST_F(Tus, OnlyItsMakerMayTouchIt) {
  const std::string path = create({{"Upload-Length", "5"}});
  EXPECT_EQ(send("HEAD", path, "", {{"Tus-Resumable", "1.0.0"}}).status, 401);
  token_ = guest_token(session_, "Other");  // to whom it does not exist
  EXPECT_EQ(tus("HEAD", path).status, 404);
  EXPECT_EQ(patch(path, 0, "x").status, 404);
  EXPECT_EQ(tus("DELETE", path).status, 404);
}

TEST_F(Tus, TerminationForgetsTheBytes) {
  const std::string path = create({{"Upload-Length", "5"}});
  patch(path, 0, "12");
  EXPECT_EQ(tus("DELETE", path).status, 204);
  EXPECT_EQ(tus("HEAD", path).status, 404);
  EXPECT_EQ(tus("HEAD", "/api/v1/uploads/nonsense").status, 404);
  EXPECT_EQ(tus("DELETE", "/api/v1/uploads/0190163d-8694-739b-aea5-966c26f8ad91").status, 404);
}

TEST_F(Tus, ExpiredUploadsAreGone) {
  const std::string path = create({{"Upload-Length", "5"}});
  now_ += std::chrono::hours(23);  // the token still holds
  EXPECT_EQ(tus("HEAD", path).status, 200);
}

// A client that lost its connection comes back before the server has noticed: the newer request wins.
TEST_F(Tus, ALaterRequestTakesOverFromOneThatHangs) {
  const std::string path = create({{"Upload-Length", "10"}});
  const Fields fields = {{"Authorization", "Bearer " + token_},
                         {"Tus-Resumable", "1.0.0"},
                         {"Content-Type", std::string(wire::tus_content_type)},
                         {"Upload-Offset", "0"}};
  auto hanging = handler_.stream(make_request("PATCH", path, "", fields));
  ASSERT_NE(hanging, nullptr);
  EXPECT_FALSE(hanging->write(base::as_bytes("abc")));
  EXPECT_EQ(tus("HEAD", path).header("Upload-Offset"), "3");
  EXPECT_EQ(patch(path, 3, "def").header("Upload-Offset"), "6");
  const auto late = hanging->write(base::as_bytes("xyz"));
  ASSERT_TRUE(late);
  EXPECT_EQ(late->status, 409);
  EXPECT_EQ(tus("HEAD", path).header("Upload-Offset"), "6");
}

TEST_F(Tus, AnAbortedRequestKeepsWhatCame) {
  const std::string path = create({{"Upload-Length", "10"}});
  auto sink = handler_.stream(make_request("PATCH", path, "",
                                           {{"Authorization", "Bearer " + token_},
                                            {"Tus-Resumable", "1.0.0"},
                                            {"Content-Type", std::string(wire::tus_content_type)},
                                            {"Upload-Offset", "0"}}));
  EXPECT_FALSE(sink->write(base::as_bytes("abcd")));
  sink->aborted();
  EXPECT_EQ(tus("HEAD", path).header("Upload-Offset"), "4");
}

TEST_F(Tus, TheLastByteCompletesTheStem) {
  const std::string path = stem_upload("camera", "video/webm;codecs=vp8");
  const std::string webm = "\x1a\x45\xdf\xa3 and what a recorder writes";
  EXPECT_EQ(patch(path, 0, webm).status, 204);
  EXPECT_EQ(patch(path, webm.size(), "", {{"Upload-Length", std::to_string(webm.size())}}).status, 204);
  const Answer session = call("GET", "/api/v1/sessions/" + session_);
  EXPECT_EQ(session.at("/takes/0/stems/0/state"), "complete");
}

TEST_F(Tus, ATextFileIsNoVideo) {
  const std::string path = stem_upload("camera", "video/webm;codecs=vp8");
  const Answer answer = patch(path, 0, "dear diary, this is no film at all");
  EXPECT_EQ(answer.status, 415) << answer.body;
  EXPECT_EQ(answer.text("type"), "/problems/upload.wrong_media");
  EXPECT_EQ(tus("HEAD", path).header("Upload-Offset"), "0");
}

// The IETF's draft at the same addresses.
class Draft : public Tus {
 protected:
  Answer ask(std::string_view method, std::string_view path, std::string body = "", Fields more = {}) {
    Fields fields = {{"Authorization", "Bearer " + token_}, {"Upload-Draft-Interop-Version", "8"}};
    if (method == "PATCH") fields.emplace_back("Content-Type", "application/partial-upload");
    for (auto& field : more) fields.push_back(std::move(field));
    Answer answer = send(method, path, std::move(body), std::move(fields));
    EXPECT_EQ(answer.header("Tus-Resumable"), "");
    return answer;
  }
  Answer append(std::string_view path, std::string offset, std::string body, std::string complete, Fields more = {}) {
    more.emplace_back("Upload-Offset", std::move(offset));
    more.emplace_back("Upload-Complete", std::move(complete));
    return ask("PATCH", path, std::move(body), std::move(more));
  }
};

TEST_F(Draft, OptionsTellLimits) {
  const Answer answer = send("OPTIONS", "/api/v1/uploads");
  EXPECT_NE(answer.header("Accept-Patch").find("application/partial-upload"), std::string::npos);
  EXPECT_TRUE(answer.header("Upload-Limit").starts_with("max-size="));
}

TEST_F(Draft, AtOnce) {
  const Answer answer = ask("POST", "/api/v1/uploads", "hello", {{"Upload-Complete", "?1"}});
  EXPECT_EQ(answer.status, 201) << answer.body;
  EXPECT_EQ(answer.header("Upload-Complete"), "?1");
  const Answer head = ask("HEAD", answer.header("Location"));
  EXPECT_EQ(head.header("Upload-Complete"), "?1");
  EXPECT_EQ(head.header("Upload-Length"), "5");
  EXPECT_EQ(head.header("Cache-Control"), "no-store");
}

TEST_F(Draft, InPartsOfUnknownLength) {
  const Answer made =
      ask("POST", "/api/v1/uploads", "hel", {{"Upload-Complete", "?0"}, {"Content-Type", "text/plain"}});
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(made.header("Upload-Complete"), "?0");
  EXPECT_NE(made.header("Upload-Limit").find("max-age="), std::string::npos);
  const std::string path = made.header("Location");
  EXPECT_EQ(ask("HEAD", path).header("Upload-Offset"), "3");
  EXPECT_EQ(ask("HEAD", path).header("Upload-Length"), "");
  const Answer more = append(path, "3", "lo", "?0");
  EXPECT_EQ(more.status, 204) << more.body;
  EXPECT_EQ(more.header("Upload-Complete"), "?0");
  EXPECT_EQ(more.header("Upload-Offset"), "5");
  EXPECT_EQ(append(path, "5", "", "?1").header("Upload-Complete"), "?1");
  EXPECT_EQ(ask("HEAD", path).header("Upload-Length"), "5");
}

TEST_F(Draft, ProblemsAreTheDrafts) {
  const std::string types = "https://iana.org/assignments/http-problem-types#";
  const std::string path =
      ask("POST", "/api/v1/uploads", "", {{"Upload-Complete", "?0"}, {"Upload-Length", "5"}}).header("Location");
  EXPECT_EQ(append(path, "0", "he", "?0").status, 204);
  const Answer ahead = append(path, "4", "o", "?1");
  EXPECT_EQ(ahead.status, 409);
  EXPECT_EQ(ahead.header("Upload-Offset"), "2");
  EXPECT_EQ(ahead.text("type"), types + "mismatching-upload-offset");
  EXPECT_EQ(ahead.text("expected-offset"), "2");
  EXPECT_EQ(ahead.text("provided-offset"), "4");
  const Answer shorter = append(path, "2", "l", "?1");
  EXPECT_EQ(shorter.status, 400);
  EXPECT_EQ(shorter.text("type"), types + "inconsistent-upload-length");
  EXPECT_EQ(append(path, "2", "l", "?0", {{"Upload-Length", "9"}}).text("type"), types + "inconsistent-upload-length");
  const Answer longer = append(path, "2", "llo, and more", "?0");
  EXPECT_EQ(longer.status, 413);
  EXPECT_TRUE(longer.header("Upload-Limit").starts_with("max-size="));
  EXPECT_EQ(append(path, "2", "llo", "?1").status, 204);
  EXPECT_EQ(append(path, "5", "!", "?1").text("type"), types + "inconsistent-upload-length");
  EXPECT_EQ(append(path, "five", "", "?1").status, 400);
  EXPECT_EQ(append(path, "5", "", "true").status, 400);
  EXPECT_EQ(ask("PATCH", path, "x").status, 400);
  EXPECT_EQ(ask("DELETE", path).status, 204);
  EXPECT_EQ(ask("HEAD", path).status, 404);
}

TEST_F(Draft, SaysFirstWhereTheUploadIs) {
  const Fields fields = {
      {"Authorization", "Bearer " + token_}, {"Upload-Draft-Interop-Version", "6"}, {"Upload-Complete", "?1"}};
  net::Request request = make_request("POST", "/api/v1/uploads", "hello", fields);
  request.body.clear();
  auto sink = handler_.stream(request);
  ASSERT_TRUE(sink->speaks_first());
  const auto interim = sink->interim();
  ASSERT_TRUE(interim);
  EXPECT_EQ(interim->status, 104);
  EXPECT_EQ(interim->headers.find("Upload-Draft-Interop-Version"), "6");
  const std::string path(*interim->headers.find("Location"));
  EXPECT_FALSE(sink->write(base::as_bytes("hel")));
  sink->aborted();
  EXPECT_EQ(ask("HEAD", path).header("Upload-Offset"), "3");
  const Answer last = append(path, "3", "lo", "?1");
  EXPECT_EQ(last.header("Upload-Complete"), "?1");
}

TEST_F(Draft, IsToldFromTusByItsFields) {
  const std::string path = create({{"Upload-Length", "5"}});
  EXPECT_EQ(ask("HEAD", path).header("Upload-Complete"), "?0");
  EXPECT_EQ(tus("HEAD", path).header("Upload-Complete"), "");
  const std::string bearer = "Bearer " + token_;
  EXPECT_EQ(send("HEAD", path, "", {{"Authorization", bearer}}).status, 412);
  EXPECT_EQ(send("HEAD", path, "", {{"Authorization", bearer}, {"Upload-Draft-Interop-Version", "3"}}).status, 412);
}

}  // namespace
}  // namespace greenroom::api
