// Every resource once well and in its main ways of going wrong, over a real Studio.
#include "api/api_fixture.hpp"

namespace greenroom::api {
namespace {

using Rest = ApiTest;

constexpr std::string_view mic_stem =
    R"({"clientKey":"0190163d-8694-739b-aea5-966c26f8ad91","source":"mic","contentType":"audio/x-greenroom-pcm",)"
    R"("startedAtMs":1790000000000.25,"sampleRate":48000,"channels":1})";

TEST_F(Rest, SetUpOnceThenSignInAndOut) {
  EXPECT_EQ(call("GET", "/api/v1/setup").body, R"({"needed":true})");
  EXPECT_EQ(call("POST", "/api/v1/setup",
                 R"({"token":"wrong","name":"Ada","email":"ada@example.org","password":"correct horse"})")
                .status,
            403);
  EXPECT_EQ(call("POST", "/api/v1/setup", R"({"token":"t","name":"","email":"a","password":"short"})").status, 400);
  sign_up();
  EXPECT_EQ(call("GET", "/api/v1/setup").body, R"({"needed":false})");
  const Answer me = call("GET", "/api/v1/me");
  EXPECT_EQ(me.status, 200);
  EXPECT_EQ(me.at("/user/email"), "ada@example.org");

  EXPECT_EQ(call("POST", "/api/v1/logout").status, 204);
  EXPECT_EQ(call("GET", "/api/v1/me").status, 401);
  EXPECT_EQ(call("POST", "/api/v1/login", R"({"email":"ada@example.org","password":"nope nope"})").status, 401);
  const Answer login = call("POST", "/api/v1/login", R"({"email":"ada@example.org","password":"correct horse"})");
  EXPECT_EQ(login.status, 200);
  const std::string set = login.header("Set-Cookie");
  EXPECT_NE(set.find("HttpOnly; SameSite=Lax"), std::string::npos) << set;
  EXPECT_EQ(set.find("Secure"), std::string::npos) << set;
}

TEST_F(Rest, TheCookieIsSecureBehindTls) {
  sign_up();
  const Answer login = send("POST", "/api/v1/login", R"({"email":"ada@example.org","password":"correct horse"})",
                            {{"Content-Type", "application/json"}, {"X-Forwarded-Proto", "https"}});
  EXPECT_NE(login.header("Set-Cookie").find("; Secure"), std::string::npos);
}

TEST_F(Rest, SessionsAreMadeListedRenamedDeleted) {
  sign_up();
  const std::string first = make_session();
  now_ += std::chrono::milliseconds(1);  // ids of one millisecond are in no order
  const std::string second = make_session();
  const Answer page = call("GET", "/api/v1/sessions?limit=1");
  ASSERT_EQ(page.status, 200);
  EXPECT_EQ(page.json.at("items").as_array().size(), 1u);
  EXPECT_EQ(page.at("/items/0/id"), second);
  const Answer rest = call("GET", "/api/v1/sessions?limit=1&cursor=" + page.text("nextCursor"));
  EXPECT_EQ(rest.at("/items/0/id"), first);
  EXPECT_EQ(call("PATCH", "/api/v1/sessions/" + first, R"({"title":"Renamed"})").text("title"), "Renamed");
  EXPECT_EQ(call("PATCH", "/api/v1/sessions/" + first, "{}").text("title"), "Renamed");
  EXPECT_EQ(call("PATCH", "/api/v1/sessions/" + first, R"({"title":""})").status, 400);
  const Answer detail = call("GET", "/api/v1/sessions/" + first);
  EXPECT_EQ(detail.text("state"), "scheduled");
  EXPECT_EQ(detail.text("kind"), "podcast");
  EXPECT_EQ(call("DELETE", "/api/v1/sessions/" + first).status, 204);
  EXPECT_EQ(call("GET", "/api/v1/sessions/" + first).status, 404);
  EXPECT_EQ(call("GET", "/api/v1/sessions/0190163d-8694-739b-aea5-966c26f8ad91").status, 404);
}

TEST_F(Rest, GuestsComeInByTheInvite) {
  sign_up();
  const std::string session = make_session();
  const std::string link = call("GET", "/api/v1/sessions/" + session).text("guestLink");
  ASSERT_TRUE(link.starts_with("/join/")) << link;
  const std::string invite = "/api/v1/invites/" + link.substr(6);
  cookie_.clear();
  const Answer shown = call("GET", invite);
  EXPECT_EQ(shown.status, 200);
  EXPECT_EQ(shown.text("hostName"), "Ada");
  EXPECT_EQ(call("GET", "/api/v1/invites/wrong").status, 404);
  EXPECT_EQ(call("POST", invite + "/join", R"({"name":""})").status, 400);
  const Answer joined = call("POST", invite + "/join", R"({"name":"Grace"})");
  ASSERT_EQ(joined.status, 200);
  EXPECT_EQ(joined.text("callId"), session);
  EXPECT_EQ(joined.at("/participant/name"), "Grace");
  const Answer again =
      call("POST", invite + "/join", fmt::format(R"({{"name":"Grace","rejoin":"{}"}})", joined.text("token")));
  EXPECT_EQ(again.at("/participant/id"), joined.at("/participant/id"));
  const Answer seen = call_as(joined.text("token"), "GET", "/api/v1/sessions/" + session);
  EXPECT_EQ(seen.status, 200);
  EXPECT_EQ(seen.text("guestLink"), "");
}

TEST_F(Rest, TheHostJoins) {
  sign_up();
  const std::string session = make_session();
  const Answer joined = call("POST", "/api/v1/sessions/" + session + "/join", R"({"name":"Ada L."})");
  ASSERT_EQ(joined.status, 200);
  EXPECT_EQ(joined.at("/participant/role"), "host");
  EXPECT_EQ(call_as(joined.text("token"), "POST", "/api/v1/sessions/" + session + "/takes").status, 201);
}

TEST_F(Rest, TakesStartAndStop) {
  sign_up();
  const std::string session = make_session(), guest = guest_token(session);
  EXPECT_EQ(call_as(guest, "POST", "/api/v1/sessions/" + session + "/takes").status, 403);
  const std::string take = start_take(session);
  EXPECT_EQ(call("POST", "/api/v1/sessions/" + session + "/takes").status, 409);
  EXPECT_EQ(call_as(guest, "GET", "/api/v1/takes/" + take).text("state"), "recording");
  now_ += std::chrono::seconds(5);
  const Answer stopped = call("POST", "/api/v1/takes/" + take + "/stop");
  EXPECT_EQ(stopped.status, 200);
  EXPECT_NE(stopped.text("state"), "recording");
  EXPECT_EQ(call("POST", "/api/v1/takes/" + take + "/finish").status, 200);
  EXPECT_EQ(call("GET", "/api/v1/takes/0190163d-8694-739b-aea5-966c26f8ad91").status, 404);
}

TEST_F(Rest, StemsAreAnnouncedOncePerClientKey) {
  sign_up();
  const std::string session = make_session(), guest = guest_token(session), take = start_take(session);
  const std::string path = "/api/v1/takes/" + take + "/stems";
  const Answer first = call_as(guest, "POST", path, mic_stem);
  ASSERT_EQ(first.status, 201) << first.body;
  EXPECT_EQ(first.json.at("stem").at("startedAtMs"), 1790000000000.25);
  EXPECT_TRUE(first.text("uploadUrl").starts_with("/api/v1/uploads/"));
  const Answer again = call_as(guest, "POST", path, mic_stem);
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.text("uploadUrl"), first.text("uploadUrl"));
  EXPECT_EQ(call("POST", path, mic_stem).status, 401);
  EXPECT_EQ(
      call_as(guest, "POST", path, R"({"clientKey":"k","source":"nose","contentType":"x","startedAtMs":-1})").status,
      400);
}

class Media : public ApiTest {
 protected:
  // A finished take whose composite is a small text.
  void SetUp() override {
    sign_up();
    session_ = make_session();
    const std::string take = start_take(session_), guest = guest_token(session_);
    const std::string upload = announce_stem(guest, take, mic_stem);
    now_ += std::chrono::seconds(5);
    const Answer patched = send("PATCH", upload, "GRPB and then some samples",
                                {{"Authorization", "Bearer " + guest},
                                 {"Tus-Resumable", "1.0.0"},
                                 {"Content-Type", "application/offset+octet-stream"},
                                 {"Upload-Offset", "0"}});
    ASSERT_EQ(patched.status, 204) << patched.body;
    call("POST", "/api/v1/takes/" + take + "/stop");
    call("POST", "/api/v1/takes/" + take + "/finish");
    now_ += std::chrono::seconds(5);
    ASSERT_TRUE(studio_->reconcile());
    const auto due = queue_->plan(now_);
    ASSERT_TRUE(due && due->size() == 1u);
    const auto lease = queue_->lease(due->at(0), now_);
    ASSERT_TRUE(lease) << lease.error().what;
    attach(*lease, *studio::TakeId::parse(take));
  }

  void attach(const jobs::Lease& lease, studio::TakeId take) {
    studio::NewAsset asset;
    asset.id = studio::AssetId::make(now_, rng_);
    asset.name = "Pilot épisode.mp4";
    asset.content_type = "video/mp4";
    asset.bytes = 5;
    asset.blob = "assets/" + asset.id.str() + "/mix.mp4";
    const auto name = blob::Name::parse(asset.blob);
    ASSERT_TRUE(name);
    {
      auto writer = store_->append(*name, {}, {});
      ASSERT_TRUE(writer);
      ASSERT_TRUE((*writer)->append(base::as_bytes("movie")));
      ASSERT_TRUE((*writer)->sync());
    }
    ASSERT_TRUE(store_->seal(*name));
    const auto attached = studio_->attach_assets(lease, take, std::span(&asset, 1));
    ASSERT_TRUE(attached) << attached.error().what << attached.error().context;
    const Answer detail = call("GET", "/api/v1/sessions/" + session_);
    ASSERT_EQ(detail.text("state"), "ready") << detail.body;
    url_ = detail.at("/assets/0/url");
    download_url_ = detail.at("/assets/0/downloadUrl");
  }

  // As the server would: the path decoded.
  Answer get(const std::string& url) {
    const std::size_t query = url.find('?');
    std::string path;
    for (std::size_t i = 0; i < query; ++i) {
      const bool escaped = url[i] == '%';
      path += escaped ? char(std::stoi(url.substr(i + 1, 2), nullptr, 16)) : url[i];
      i += escaped ? 2 : 0;
    }
    return send("GET", path + url.substr(query));
  }

  std::string session_, url_, download_url_;
};

TEST_F(Media, ASignedLinkGivesTheFile) {
  const Answer answer = get(url_);
  ASSERT_EQ(answer.status, 200) << answer.body;
  ASSERT_TRUE(answer.file);
  EXPECT_EQ(answer.file->source->size(), 5u);
  EXPECT_TRUE(answer.file->etag.starts_with('"'));
  EXPECT_EQ(answer.header("Content-Type"), "video/mp4");
  EXPECT_TRUE(answer.header("Content-Disposition").starts_with("inline"));
  const Answer saved = get(download_url_);
  EXPECT_EQ(saved.header("Content-Disposition"),
            "attachment; filename=\"Pilot __pisode.mp4\"; filename*=UTF-8''Pilot%20%C3%A9pisode.mp4");
}

TEST_F(Media, ASignedLinkMayLeadOnToTheStorage) {
  media_link_ = "https://s3.test/x?";
  const Answer answer = get(download_url_);
  EXPECT_EQ(answer.status, 302) << answer.body;
  EXPECT_TRUE(answer.header("Location").starts_with("https://s3.test/x?attachment; filename="));
  EXPECT_EQ(answer.header("Cache-Control"), "private, no-store");
}

TEST_F(Media, TamperedAndExpiredLinksAreForbidden) {
  std::string forged = url_;
  char& last = forged.back();
  last = last == 'A' ? 'B' : 'A';
  EXPECT_EQ(get(forged).status, 403);
  std::string longer = url_;
  longer.insert(longer.find("expires=") + 8, "9");
  EXPECT_EQ(get(longer).status, 403);
  std::string other = url_;
  other.insert(other.find('?'), "x");
  EXPECT_EQ(get(other).status, 403);
  now_ += std::chrono::hours(48);
  const Answer expired = get(url_);
  EXPECT_EQ(expired.status, 403);
  EXPECT_EQ(expired.text("type"), "/problems/crypto.url_expired");
}

TEST_F(Rest, MediaWantsItsSignature) {
  const Answer unsigned_link = call("GET", "/media/0190163d-8694-739b-aea5-966c26f8ad91/mix.mp4");
  EXPECT_EQ(unsigned_link.status, 400);
  const Answer forged =
      call("GET", "/media/0190163d-8694-739b-aea5-966c26f8ad91/mix.mp4?expires=1890000000&signature=AAAA");
  EXPECT_EQ(forged.status, 403) << forged.body;
}

}  // namespace
}  // namespace greenroom::api
