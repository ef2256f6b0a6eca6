// Projects, sessions, invite links and the people in a session over HTTP, each once well and in its main ways of going
// wrong, over a real Studio.
#include "api/api_fixture.hpp"

namespace greenroom::api {
namespace {

class Sessions : public ApiTest {
 protected:
  Sessions() {
    sign_up();
    session_ = make_session();
    path_ = "/api/v1/sessions/" + session_;
  }
  Answer with_revision(std::string_view method, const std::string& path, const std::string& etag,
                       std::string_view json = "") {
    return call(method, path, json, {{"If-Match", etag}});
  }
  // A guest in the lobby: participant id and token.
  boost::json::object wait(std::string_view name) {
    const std::string link = call("GET", path_).text("guestLink");
    const Answer joined = send("POST", "/api/v1/invites/" + link.substr(6) + "/join",
                               fmt::format(R"({{"name":"{}"}})", name), {{"Content-Type", "application/json"}});
    EXPECT_EQ(joined.status, 200) << joined.body;
    return joined.json.as_object();
  }
  static std::string id_of(const boost::json::object& admission) {
    return std::string(admission.at("participant").at("id").as_string());
  }
  static std::string token_of(const boost::json::object& admission) {
    return std::string(admission.at("token").as_string());
  }

  std::string session_, path_;
};

TEST_F(Sessions, SayHowTheyAreRecorded) {
  EXPECT_EQ(call("GET", path_).at("/recording/videoHeight"), "720");
  const std::string changed = R"({"recording":{"audio":"opus","videoHeight":2160,"frameRate":60,"videoKbits":20000}})";
  EXPECT_EQ(call("PATCH", path_, changed).at("/recording/audio"), "opus");
  const Answer joined = call("POST", path_ + "/join", "{}");
  EXPECT_EQ(joined.at("/recording/videoHeight"), "2160");
  EXPECT_EQ(joined.at("/recording/videoKbits"), "20000");
  EXPECT_EQ(call("PATCH", path_, R"({"title":"Still so"})").at("/recording/frameRate"), "60");
  EXPECT_EQ(call("PATCH", path_, R"({"recording":{}})").at("/recording/audio"), "lossless");
  EXPECT_EQ(call("PATCH", path_, R"({"recording":{"rawMic":true}})").at("/recording/rawMic"), "true");
  EXPECT_EQ(call("PATCH", path_, R"({"recording":{"videoHeight":9000}})").status, 400);
  EXPECT_EQ(call("PATCH", path_, R"({"recording":{"audio":"mp3"}})").status, 400);
}

TEST_F(Sessions, ProjectsHaveRevisionsAndCounts) {
  const Answer made = call("POST", "/api/v1/projects", R"({"name":"Show","description":"Weekly"})");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.header("ETag"), "\"1\"");
  const std::string path = made.header("Location");
  EXPECT_EQ(path, "/api/v1/projects/" + made.text("id"));
  EXPECT_EQ(call("POST", "/api/v1/projects", R"({"name":""})").status, 400);
  EXPECT_EQ(call("PATCH", path_, fmt::format(R"({{"projectId":"{}"}})", made.text("id"))).status, 200);
  EXPECT_EQ(call("GET", "/api/v1/projects").at("/items/0/sessionCount"), "1");
  EXPECT_EQ(call("DELETE", path).status, 409);
  EXPECT_EQ(call("PATCH", path_, R"({"projectId":null})").text("projectId"), "");
  const Answer changed = with_revision("PATCH", path, "\"1\"", R"({"name":"Course","description":null})");
  EXPECT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(changed.header("ETag"), "\"2\"");
  EXPECT_EQ(changed.text("description"), "");
  const Answer late = with_revision("PATCH", path, "\"1\"", R"({"name":"Late"})");
  EXPECT_EQ(late.status, 412);
  EXPECT_EQ(late.text("type"), "/problems/api.precondition_failed");
  EXPECT_EQ(call("GET", path).text("name"), "Course");
  EXPECT_EQ(with_revision("DELETE", path, "\"1\"").status, 412);
  EXPECT_EQ(with_revision("DELETE", path, "\"2\"").status, 204);
  EXPECT_EQ(call("GET", path).status, 404);
}

TEST_F(Sessions, ArePlannedChangedFiltered) {
  const Answer made = call("POST", "/api/v1/sessions",
                           R"({"title":"Lesson","kind":"class","scheduledAt":"2027-01-01T10:00:00Z",)"
                           R"("lengthMinutes":90,"lobby":true})");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.text("participantsMax"), "300");
  EXPECT_EQ(made.text("lobby"), "true");
  EXPECT_EQ(made.header("ETag"), "\"1\"");
  const std::string path = "/api/v1/sessions/" + made.text("id");
  EXPECT_EQ(call("POST", "/api/v1/sessions", R"({"title":"x","lengthMinutes":0})").status, 400);
  EXPECT_EQ(call("POST", "/api/v1/sessions", R"({"title":"x","participantsMax":100000})").status, 400);
  EXPECT_EQ(call("POST", "/api/v1/sessions", R"({"title":"x","scheduledAt":"1990-01-01T10:00:00Z"})").status, 400);
  EXPECT_EQ(call("GET", "/api/v1/sessions?kind=class").at("/items/0/id"), made.text("id"));
  EXPECT_EQ(call("GET", "/api/v1/sessions?kind=podcast").at("/items/0/id"), session_);
  EXPECT_EQ(call("GET", "/api/v1/sessions?state=live").text("items"), "[]");
  EXPECT_EQ(call("GET", "/api/v1/sessions?state=lively").status, 400);
  const Answer changed = with_revision("PATCH", path, "\"1\"", R"({"scheduledAt":null,"lobby":false})");
  ASSERT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(changed.text("scheduledAt"), "");
  EXPECT_EQ(changed.text("lengthMinutes"), "90");
  EXPECT_EQ(with_revision("PATCH", path, "\"1\"", R"({"title":"Late"})").status, 412);
  EXPECT_EQ(call("PATCH", path, R"({"permissions":[{"role":"speaker","allow":["record"]}]})").status, 200);
  EXPECT_EQ(call("GET", path).at("/permissions/2/allow"), R"(["record"])");
  EXPECT_EQ(call("PATCH", path, R"({"permissions":[{"role":"speaker","allow":["fly"]}]})").status, 400);
}

TEST_F(Sessions, EndAndComeBack) {
  const Answer ended = call("POST", path_ + "/end");
  EXPECT_EQ(ended.status, 200) << ended.body;
  EXPECT_EQ(ended.text("state"), "cancelled");
  const std::string invite = call("GET", path_).text("guestLink").substr(6);
  const Answer late = call("POST", "/api/v1/invites/" + invite + "/join", R"({"name":"Late"})");
  EXPECT_EQ(late.status, 410);
  EXPECT_EQ(late.text("type"), "/problems/studio.session_ended");
  EXPECT_EQ(call("POST", path_ + "/join").status, 200);
  EXPECT_EQ(call("GET", path_).text("state"), "scheduled");
}

TEST_F(Sessions, InviteLinksAreMadeListedRevoked) {
  now_ += std::chrono::seconds(1);  // listed in the order of their making
  const Answer made = call("POST", path_ + "/invites", R"({"role":"viewer","usesMax":1})");
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string join = "/api/v1/invites/" + made.text("link").substr(6) + "/join";
  EXPECT_EQ(call("POST", join, R"({"name":"Vi"})").at("/participant/role"), "viewer");
  const Answer again = call("POST", join, R"({"name":"Two"})");
  EXPECT_EQ(again.status, 410);
  EXPECT_EQ(again.text("type"), "/problems/studio.invite_used_up");
  EXPECT_EQ(call("POST", path_ + "/invites", R"({"role":"viewer","expiresAt":"2020-01-01T00:00:00Z"})").status, 400);
  EXPECT_EQ(call("POST", path_ + "/invites", R"({"role":"king"})").status, 400);
  const Answer links = call("GET", path_ + "/invites");
  EXPECT_EQ(links.at("/items/1/id"), made.text("id"));
  EXPECT_EQ(links.at("/items/1/uses"), "1");
  EXPECT_EQ(call_as(guest_token(session_), "GET", path_ + "/invites").status, 403);
  EXPECT_EQ(call("DELETE", path_ + "/invites/" + made.text("id")).status, 204);
  EXPECT_EQ(call("DELETE", path_ + "/invites/" + made.text("id")).status, 404);
}

TEST_F(Sessions, OnePersonsRecordingCanBeLimited) {
  const auto bob = wait("Bob");
  const std::string person = path_ + "/participants/" + id_of(bob);
  const Answer limited = call("PATCH", person, R"({"recordingLimit":{"videoHeight":360,"frameRate":15}})");
  EXPECT_EQ(limited.at("/recordingLimit/videoHeight"), "360");
  EXPECT_EQ(limited.at("/recordingLimit/audioOnly"), "false");
  EXPECT_EQ(limited.text("role"), "speaker");
  EXPECT_EQ(call("GET", path_).at("/participants/0/recordingLimit/frameRate"), "15");
  EXPECT_EQ(call("PATCH", person, R"({"recordingLimit":{"videoHeight":100}})").status, 400);
  EXPECT_EQ(call("PATCH", person, R"({"recordingLimit":{"frameRate":300}})").status, 400);
  EXPECT_EQ(call("PATCH", person, R"({"role":"cohost"})").at("/recordingLimit/frameRate"), "15");
  EXPECT_EQ(call("PATCH", person, R"({"recordingLimit":null})").text("recordingLimit"), "");
  EXPECT_EQ(call("PATCH", person, R"({"role":"speaker","recordingLimit":{"audioOnly":true}})").status, 200);
  EXPECT_EQ(call_as(token_of(bob), "PATCH", person, R"({"recordingLimit":null})").status, 403);
  ASSERT_EQ(call("POST", person + "/admit").status, 200);
  const Answer renewed = send("POST", "/api/v1/participants/token", fmt::format(R"({{"token":"{}"}})", token_of(bob)),
                              {{"Content-Type", "application/json"}});
  EXPECT_EQ(call_as(renewed.text("token"), "GET", path_).status, 200);
}

TEST_F(Sessions, ALobbyIsGoverned) {
  ASSERT_EQ(call("PATCH", path_, R"({"lobby":true})").status, 200);
  const auto bob = wait("Bob"), eve = wait("Eve");
  EXPECT_TRUE(bob.at("waiting").as_bool());
  const Answer refused = call_as(token_of(bob), "GET", path_);
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(refused.text("type"), "/problems/studio.waiting");
  EXPECT_EQ(call("GET", path_).at("/participants/0/state"), "waiting");
  EXPECT_EQ(call("POST", path_ + "/participants/" + id_of(bob) + "/admit").text("state"), "admitted");
  EXPECT_EQ(call_as(token_of(bob), "GET", path_).status, 200);
  EXPECT_EQ(call_as(token_of(bob), "POST", path_ + "/participants/" + id_of(eve) + "/admit").status, 403);
  EXPECT_EQ(call("PATCH", path_ + "/participants/" + id_of(bob), R"({"role":"cohost"})").text("role"), "cohost");
  EXPECT_EQ(call_as(token_of(bob), "DELETE", path_ + "/participants/" + id_of(eve)).status, 204);
  const Answer gone = call_as(token_of(eve), "GET", path_);
  EXPECT_EQ(gone.status, 403);
  EXPECT_EQ(gone.text("type"), "/problems/studio.removed");
  EXPECT_EQ(call("DELETE", path_ + "/participants/0190163d-8694-739b-aea5-966c26f8ad91").status, 404);
}

}  // namespace
}  // namespace greenroom::api
