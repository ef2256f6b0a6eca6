// What holds for every route: methods, bodies, origins, limits, sign-in.
#include "api/api_fixture.hpp"

namespace greenroom::api {
namespace {

class Dispatching : public ApiTest {
 protected:
  std::string answer_etag(std::string path) {
    std::string etag;
    handler_.request(make_request("GET", path, "", {}), net::Responder([&](net::Response response) {
                       if (const auto* fixed = std::get_if<net::StaticBody>(&response.body)) etag = fixed->etag;
                     }));
    EXPECT_TRUE(etag.starts_with('"')) << path;
    return etag;
  }
};

TEST_F(Dispatching, UnknownPathsAndMethods) {
  EXPECT_EQ(call("GET", "/api/v1/nothing").status, 404);
  EXPECT_EQ(call("GET", "/api/v1/nothing").text("type"), "/problems/api.no_such_route");
  const Answer wrong = call("PUT", "/api/v1/sessions");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.header("Allow"), "GET, HEAD, POST, OPTIONS");
  EXPECT_EQ(wrong.text("requestId"), "request-1");
  const Answer options = call("OPTIONS", "/api/v1/sessions");
  EXPECT_EQ(options.status, 204);
  EXPECT_EQ(options.header("Allow"), "GET, HEAD, POST, OPTIONS");
}

TEST_F(Dispatching, PreflightsAreAnswered) {
  const Fields fields = {{"Origin", "https://elsewhere.example"}, {"Access-Control-Request-Method", "PATCH"}};
  for (const char* path : {"/api/v1/sessions/x", "/api/v1/uploads/x"}) {
    const Answer answer = send("OPTIONS", path, "", fields);
    EXPECT_EQ(answer.status, 204);
    EXPECT_EQ(answer.header("Access-Control-Allow-Origin"), "*");
    EXPECT_NE(answer.header("Access-Control-Allow-Methods").find("PATCH"), std::string::npos) << path;
    EXPECT_NE(answer.header("Access-Control-Allow-Headers").find("Upload-Offset"), std::string::npos);
    EXPECT_EQ(answer.header("Access-Control-Allow-Credentials"), "");
  }
  EXPECT_NE(call("GET", "/api/v1/setup").header("Access-Control-Expose-Headers").find("Upload-Offset"),
            std::string::npos);
}

TEST_F(Dispatching, ConfiguredOriginsMayUseTheCookieAndNobodyElse) {
  ApiDeps deps = make_deps();
  deps.cors_origins = {"https://friend.example"};
  handler_ = make_http_handler(std::move(deps));
  sign_up();
  const auto post = [this](std::string origin) {
    return send("POST", "/api/v1/sessions", R"({"title":"x","kind":"call"})",
                {{"Cookie", "greenroom_access=" + cookie_},
                 {"Content-Type", "application/json"},
                 {"Host", "studio.example"},
                 {"Origin", std::move(origin)}});
  };
  const Answer friendly = post("https://friend.example");
  EXPECT_EQ(friendly.status, 201) << friendly.body;
  EXPECT_EQ(friendly.header("Access-Control-Allow-Origin"), "https://friend.example");
  EXPECT_EQ(friendly.header("Access-Control-Allow-Credentials"), "true");
  EXPECT_EQ(friendly.header("Vary"), "Origin");
  const Answer foreign = post("https://evil.example");
  EXPECT_EQ(foreign.status, 403);
  EXPECT_EQ(foreign.header("Access-Control-Allow-Origin"), "");
  const Answer preflight = send("OPTIONS", "/api/v1/sessions", "",
                                {{"Origin", "https://evil.example"}, {"Access-Control-Request-Method", "POST"}});
  EXPECT_EQ(preflight.header("Access-Control-Allow-Methods"), "");
}

TEST_F(Dispatching, AnyOriginMayBeOpenedBesides) {
  ApiDeps deps = make_deps();
  deps.cors_origins = {"https://friend.example", "*"};
  handler_ = make_http_handler(std::move(deps));
  const Answer open = send("GET", "/api/v1/setup", "", {{"Origin", "https://other.example"}});
  EXPECT_EQ(open.header("Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(open.header("Access-Control-Allow-Credentials"), "");
}

TEST_F(Dispatching, CallersAreLimited) {
  ApiDeps deps = make_deps();
  deps.rate_limit = 1;
  handler_ = make_http_handler(std::move(deps));
  sign_up();
  EXPECT_EQ(call("GET", "/api/v1/me").header("RateLimit"), "\"caller\";r=1;t=1");
  EXPECT_EQ(call("GET", "/api/v1/me").header("RateLimit-Policy"), "\"caller\";q=2;w=2");
  const Answer refused = call("GET", "/api/v1/me");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.header("Retry-After"), "1");
  EXPECT_EQ(call("GET", "/health").header("RateLimit"), "");
  now_ += std::chrono::seconds(1);
  EXPECT_EQ(call("GET", "/api/v1/me").status, 200);
  cookie_.clear();
  Answer nobody = call("GET", "/api/v1/setup");
  EXPECT_TRUE(nobody.header("RateLimit").starts_with("\"address\"")) << nobody.header("RateLimit");
  for (int i = 0; i < 30; ++i) nobody = call("GET", "/api/v1/setup");
  EXPECT_EQ(nobody.status, 429);
  EXPECT_EQ(send("POST", "/api/v1/uploads", "bytes", {{"Tus-Resumable", "1.0.0"}}).status, 429);
}

class SameKey : public ApiTest {
 protected:
  void SetUp() override { sign_up(); }
  Answer post(std::string key, std::string body = R"({"title":"Pilot","kind":"podcast"})") {
    return send("POST", "/api/v1/sessions", std::move(body),
                {{"Cookie", "greenroom_access=" + cookie_},
                 {"Content-Type", "application/json"},
                 {"Idempotency-Key", std::move(key)}});
  }
};

TEST_F(SameKey, GivesTheSameAnswerAndMakesOneThing) {
  const Answer first = post("k1"), again = post("\"k1\"");
  ASSERT_EQ(first.status, 201);
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(again.header("Location"), first.header("Location"));
  EXPECT_EQ(first.header("Idempotency-Replayed"), "");
  EXPECT_EQ(again.header("Idempotency-Replayed"), "true");
  EXPECT_EQ(call("GET", "/api/v1/sessions").json.at("items").as_array().size(), 1u);
  EXPECT_NE(post("k2").text("id"), first.text("id"));
}

TEST_F(SameKey, IsNotForAnotherBody) {
  post("k1");
  const Answer other = post("k1", R"({"title":"Other","kind":"podcast"})");
  EXPECT_EQ(other.status, 422);
  EXPECT_EQ(other.text("type"), "/problems/api.idempotency_key_reused");
}

TEST_F(SameKey, WaitsForTheFirst) {
  const auto path = "/api/v1/sessions";
  const auto me = "user:" + call("GET", "/api/v1/me").at("/user/id");
  const std::string body = R"({"title":"Pilot","kind":"podcast"})";
  ASSERT_TRUE(answers_->begin({me, "POST", path, "k2", "\n" + body}, now_));
  const Answer running = post("k2", body);
  EXPECT_EQ(running.status, 409);
  EXPECT_NE(running.header("Retry-After"), "");
}

TEST_F(SameKey, MustBeReadable) {
  EXPECT_EQ(post("").status, 400);
  EXPECT_EQ(post(std::string(256, 'k')).status, 400);
  EXPECT_EQ(post("a b").status, 400);
}

TEST_F(SameKey, KeepsNoSecret) {
  const std::string session = make_session();
  const auto join = [&] {
    return send(
        "POST", "/api/v1/sessions/" + session + "/join", R"({"name":"Ada"})",
        {{"Cookie", "greenroom_access=" + cookie_}, {"Content-Type", "application/json"}, {"Idempotency-Key", "j"}});
  };
  EXPECT_EQ(join().status, 200);
  EXPECT_EQ(join().header("Idempotency-Replayed"), "");
}

TEST_F(Dispatching, PagesOfAListHaveANext) {
  sign_up();
  for (int i = 0; i < 3; ++i) make_session();
  const Answer page = call("GET", "/api/v1/sessions?limit=2");
  const std::string link = page.header("Link");
  EXPECT_EQ(link, fmt::format("</api/v1/sessions?limit=2&cursor={}>; rel=\"next\"", page.text("nextCursor")));
  const Answer last = call("GET", link.substr(1, link.find('>') - 1));
  EXPECT_EQ(last.json.at("items").as_array().size(), 1u);
  EXPECT_EQ(last.header("Link"), "");
  const Answer wrong = call("GET", "/api/v1/sessions?cursor=here");
  EXPECT_EQ(wrong.status, 400);
  EXPECT_EQ(wrong.at("/errors/0/field"), "cursor");
}

TEST_F(Dispatching, HeadIsAnsweredLikeGet) {
  EXPECT_EQ(call("HEAD", "/health").status, 200);
  EXPECT_EQ(call("HEAD", "/api/v1/me").status, 401);
}

TEST_F(Dispatching, BodiesMustBeJsonObjectsOfTheRightShape) {
  sign_up();
  const Fields cookie = {{"Cookie", "greenroom_access=" + cookie_}};
  EXPECT_EQ(send("POST", "/api/v1/sessions", "title=x", cookie).status, 415);
  const Answer broken = call("POST", "/api/v1/sessions", R"({"title": )");
  EXPECT_EQ(broken.status, 400);
  EXPECT_EQ(broken.text("type"), "/problems/api.invalid_json");
  EXPECT_EQ(call("POST", "/api/v1/sessions", "[1]").status, 400);
  EXPECT_EQ(call("POST", "/api/v1/sessions", std::string(100, '[')).status, 400);
  const Answer fields = call("POST", "/api/v1/sessions", R"({"kind":"opera","scheduledAt":"soon"})");
  EXPECT_EQ(fields.status, 400);
  const auto problem = wire::from_json<Problem>(fields.json);
  ASSERT_TRUE(problem && problem->errors);
  std::vector<std::string> names;
  for (const auto& error : *problem->errors) names.push_back(error.field);
  EXPECT_EQ(names, (std::vector<std::string>{"title", "kind", "scheduledAt"}));
  EXPECT_EQ(call("GET", "/api/v1/sessions?limit=many").status, 400);
  EXPECT_EQ(call("GET", "/api/v1/sessions?limit=0").status, 400);
  EXPECT_EQ(call("GET", "/api/v1/sessions/not-an-id").status, 400);
}

TEST_F(Dispatching, RoutesAskForTheRightKindOfCaller) {
  sign_up();
  const std::string session = make_session(), token = guest_token(session), cookie = cookie_;
  cookie_ = "forged";
  EXPECT_EQ(call("GET", "/api/v1/me").status, 401);
  cookie_.clear();
  const Answer nobody = call("GET", "/api/v1/sessions");
  EXPECT_EQ(nobody.status, 401);
  EXPECT_EQ(nobody.header("WWW-Authenticate"), "Bearer");
  EXPECT_EQ(call_as(token, "GET", "/api/v1/sessions").status, 401);
  EXPECT_EQ(call_as(token, "GET", "/api/v1/sessions/" + session).status, 200);
  EXPECT_EQ(call_as("a.b.c", "GET", "/api/v1/sessions/" + session).status, 401);
  EXPECT_EQ(send("GET", "/api/v1/sessions/" + session, "", {{"Authorization", "Basic QQ=="}}).status, 401);
}

TEST_F(Dispatching, PagesOfOtherSitesCannotUseTheCookie) {
  sign_up();
  const auto post = [this](std::string name, std::string value) {
    return send("POST", "/api/v1/sessions", R"({"title":"x"})",
                {{"Cookie", "greenroom_access=" + cookie_},
                 {"Content-Type", "application/json"},
                 {"Host", "studio.example"},
                 {std::move(name), std::move(value)}})
        .status;
  };
  EXPECT_EQ(post("Origin", "https://evil.example"), 403);
  EXPECT_EQ(post("Sec-Fetch-Site", "cross-site"), 403);
  EXPECT_EQ(post("Origin", "https://studio.example"), 201);
  EXPECT_EQ(post("Sec-Fetch-Site", "same-origin"), 201);
}

TEST_F(Dispatching, AFullPoolSaysTryLater) {
  pool_full_ = true;
  const Answer answer = call("GET", "/ready");
  EXPECT_EQ(answer.status, 503);
  EXPECT_NE(answer.header("Retry-After"), "");
  EXPECT_EQ(call("GET", "/health").status, 200);
}

TEST_F(Dispatching, GuessingIsSlow) {
  sign_up();
  int status = 0;
  for (int i = 0; i < 30 && status != 429; ++i) {
    status = call("POST", "/api/v1/login", R"({"email":"x@example.org","password":"wrong"})").status;
  }
  const Answer answer = call("POST", "/api/v1/login", R"({"email":"x@example.org","password":"wrong"})");
  EXPECT_EQ(answer.status, 429);
  EXPECT_NE(answer.header("Retry-After"), "");
}

TEST_F(Dispatching, OperatorsPaths) {
  EXPECT_EQ(call("GET", "/health").body, R"({"status":"ok"})");
  EXPECT_EQ(call("GET", "/ready").status, 200);
  EXPECT_EQ(call("GET", "/stats").body,
            R"({"rooms":1,"peers":2,"workers":3,"producers":4,"consumers":5,"transports":0,"branches":0})");
  EXPECT_EQ(call("GET", "/api/v1/health").status, 200);
  const Answer metrics = call("GET", "/metrics");
  EXPECT_EQ(metrics.header("Content-Type"), metrics_content_type);
  EXPECT_NE(metrics.body.find("greenroom_http_requests_total{operation=\"getHealth\",status=\"2xx\"} 1"),
            std::string::npos)
      << metrics.body;
  EXPECT_EQ(call("GET", "/openapi.json").body, openapi_document());
  const Answer page = call("GET", "/docs");
  EXPECT_EQ(page.status, 200);
  EXPECT_TRUE(page.header("Content-Security-Policy").starts_with("default-src 'none'; style-src 'self'"));
  EXPECT_EQ(call("GET", "/docs/reference.css").header("Content-Type"), "text/css; charset=utf-8");
  EXPECT_EQ(call("GET", "/docs/reference.js").status, 200);
  EXPECT_EQ(answer_etag("/docs"), answer_etag("/docs"));
  EXPECT_NE(answer_etag("/docs"), answer_etag("/openapi.json"));
}

TEST_F(Dispatching, WebPagesAndMountsHaveTheirPaths) {
  ApiDeps deps = make_deps();
  deps.web = {{"/index.html", "text/html; charset=utf-8", "\"i\"", base::as_bytes("page"), {}, {}}};
  net::HttpHandler realtime;
  realtime.request = [](net::Request, net::Responder respond) {
    net::Response response;
    response.body = "packets";
    respond(std::move(response));
  };
  realtime.web_socket = [](const net::Request&) { return net::WebSocketHandler(); };
  deps.mounts.push_back({"/socket.io/", realtime});
  handler_ = make_http_handler(std::move(deps));
  EXPECT_EQ(send("GET", "/socket.io/").body, "packets");
  EXPECT_TRUE(handler_.web_socket(make_request("GET", "/socket.io/", "", {})));
  EXPECT_FALSE(handler_.web_socket(make_request("GET", "/elsewhere", "", {})));
  EXPECT_EQ(handler_.stream(make_request("POST", "/socket.io/", "", {})), nullptr);
  EXPECT_EQ(send("GET", "/join/some-token").body, "page");
  EXPECT_EQ(send("POST", "/join/some-token").status, 404);
  EXPECT_EQ(send("GET", "/missing.js").status, 404);
  EXPECT_EQ(send("GET", "/api/v1/missing").status, 404);
}

}  // namespace
}  // namespace greenroom::api
