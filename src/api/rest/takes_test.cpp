// Take control over HTTP: markers, pauses, consent, the wait for stems.
#include "api/api_fixture.hpp"

namespace greenroom::api {
namespace {

class TakeControl : public ApiTest {
 protected:
  void SetUp() override {
    sign_up();
    session_ = make_session();
    guest_ = guest_token(session_);
    take_ = "/api/v1/takes/" + start_take(session_);
    now_ += std::chrono::seconds(5);
  }
  std::string session_, guest_, take_;
};

TEST_F(TakeControl, MarkersAreMadeChangedAndRemoved) {
  const Answer made = call("POST", take_ + "/markers", R"({"label":"The vents"})");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(call("POST", take_ + "/markers", "{}").status, 201);  // a moment without words
  const std::string marker = take_ + "/markers/" + made.text("id");
  EXPECT_EQ(call("PATCH", marker, R"({"label":"Hot vents"})").text("label"), "Hot vents");
  EXPECT_EQ(call("PATCH", marker, R"({"atMs":5})").status, 400);
  EXPECT_EQ(call_as(guest_, "POST", take_ + "/markers", "{}").status, 403);
  EXPECT_EQ(call("GET", take_).json.at("markers").as_array().size(), 2u);
  EXPECT_EQ(call("DELETE", marker).status, 204);
  EXPECT_EQ(call("DELETE", marker).status, 404);
  EXPECT_EQ(call("POST", take_ + "/markers", R"({"label":")" + std::string(201, 'x') + R"("})").status, 400);
}

TEST_F(TakeControl, ATakeIsPausedResumedAndStopped) {
  EXPECT_EQ(call_as(guest_, "POST", take_ + "/pause").status, 403);
  const Answer paused = call("POST", take_ + "/pause");
  ASSERT_EQ(paused.status, 200) << paused.body;
  EXPECT_EQ(paused.text("state"), "recording");
  EXPECT_EQ(paused.at("/pauses/0/untilMs"), "");
  now_ += std::chrono::seconds(5);
  const Answer resumed = call("POST", take_ + "/resume");
  EXPECT_EQ(resumed.json.at("pauses").at(0).at("untilMs").to_number<double>() -
                resumed.json.at("pauses").at(0).at("fromMs").to_number<double>(),
            5'000);
  EXPECT_EQ(call("POST", take_ + "/wait", R"({"seconds":60})").status, 409);
  EXPECT_EQ(call("POST", take_ + "/stop").status, 200);
  EXPECT_EQ(call("POST", take_ + "/pause").status, 409);
}

TEST_F(TakeControl, TheWaitForStemsIsSeenAndShortened) {
  announce_stem(guest_, take_.substr(std::string("/api/v1/takes/").size()),
                R"({"clientKey":"0190163d-8694-739b-aea5-966c26f8ad91","source":"mic",)"
                R"("contentType":"audio/x-greenroom-pcm","startedAtMs":1790000000000})");
  const std::string before = call("POST", take_ + "/stop").text("waitsUntil");
  EXPECT_FALSE(before.empty());
  const Answer shortened = call("POST", take_ + "/wait", R"({"seconds":60})");
  ASSERT_EQ(shortened.status, 200) << shortened.body;
  EXPECT_LT(shortened.text("waitsUntil"), before);
  EXPECT_EQ(call("POST", take_ + "/wait", R"({"seconds":-1})").status, 400);
}

TEST_F(TakeControl, AParticipantAgreesToBeRecorded) {
  const std::string path = "/api/v1/sessions/" + session_ + "/consent";
  EXPECT_EQ(call("POST", path, R"({"notice":"I agree."})").status, 401);
  EXPECT_EQ(call_as(guest_, "POST", path, R"({"notice":""})").status, 400);
  const Answer agreed = call_as(guest_, "POST", path, R"({"notice":"I agree to be recorded."})");
  ASSERT_EQ(agreed.status, 200) << agreed.body;
  EXPECT_FALSE(agreed.text("consentedAt").empty());
}

}  // namespace
}  // namespace greenroom::api
