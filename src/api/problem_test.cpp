#include "api/problem.hpp"

#include "api/client_address.hpp"
#include "api/http_date.hpp"
#include "api/rate_limit.hpp"
#include "api/request_metrics.hpp"
#include "api/router.hpp"
#include "api/same_origin.hpp"
#include "api/security_headers.hpp"
#include "api/web_files.hpp"

namespace greenroom::api {
namespace {

TEST(Problem, KindsAndCodesHaveTheirStatus) {
  using base::ErrorKind;
  EXPECT_EQ(status_of({ErrorKind::invalid, "x.y"}), 400);
  EXPECT_EQ(status_of({ErrorKind::unauthorized, "x.y"}), 401);
  EXPECT_EQ(status_of({ErrorKind::exhausted, "x.y"}), 429);
  EXPECT_EQ(status_of({ErrorKind::internal, "x.y"}), 500);
  EXPECT_EQ(status_of({ErrorKind::gone, "crypto.url_expired"}), 403);
  EXPECT_EQ(status_of({ErrorKind::invalid, "tus.version"}), 412);
}

TEST(Problem, IsProblemJsonWithTheRequestId) {
  const auto response = problem_response({{base::ErrorKind::unavailable, "db.busy"}, "try later", "secret"}, "r1");
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.headers.find("Content-Type"), "application/problem+json");
  EXPECT_TRUE(response.headers.find("Retry-After"));
  EXPECT_EQ(std::get<std::string>(response.body),
            R"({"type":"/problems/db.busy","title":"Not available just now","status":503,"detail":"try later",)"
            R"("requestId":"r1"})");
}

TEST(Problem, FieldsAreListed) {
  const auto response = problem_response({{"codecs[0].mimeType", "expected a string"}, {"name", "is required"}}, "r");
  EXPECT_EQ(response.status, 400);
  const auto body = wire::from_text<Problem>(std::get<std::string>(response.body));
  ASSERT_TRUE(body && body->errors);
  EXPECT_EQ(body->type, "/problems/api.invalid_fields");
  EXPECT_EQ(body->errors->at(0).field, "codecs[0].mimeType");
  EXPECT_EQ(body->errors->at(1).message, "is required");
}

TEST(Problem, AFieldThatTheDomainRefusesIsListedToo) {
  const Problem problem =
      make_problem({{base::ErrorKind::invalid, "studio.invalid_field"}, "is no address", "email"}, "r");
  ASSERT_TRUE(problem.errors);
  EXPECT_EQ(problem.errors->at(0).field, "email");
  EXPECT_EQ(problem.errors->at(0).message, "is no address");
}

TEST(Problem, AnotherRevisionIsOneTypeWhoeverSaysIt) {
  const Problem problem = make_problem({{base::ErrorKind::precondition, "studio.changed"}, "look again", {}}, "r");
  EXPECT_EQ(problem.status, 412);
  EXPECT_EQ(problem.type, "/problems/api.precondition_failed");
}

struct Named {
  std::string id;
};
BOOST_DESCRIBE_STRUCT(Named, (), (id))

class Revision : public testing::Test {
 protected:
  static std::optional<std::uint64_t> expected(std::string_view field) {
    const net::Request request = with(field);
    EXPECT_TRUE(check_if_match(request)) << field;
    return Context{request, {}, {}, nullptr, {}, 200, {}}.expected_revision();
  }
  static net::Request with(std::string_view field) {
    net::Request request;
    if (!field.empty()) request.headers.set("If-Match", std::string(field));
    return request;
  }
};

TEST_F(Revision, IsWhatIfMatchNames) {
  EXPECT_EQ(expected(""), std::nullopt);
  EXPECT_EQ(expected("*"), std::nullopt);
  EXPECT_EQ(expected("\"17\""), 17u);
  EXPECT_EQ(expected("\"17\", \"17\", \"theirs\", W/\"18\""), 17u);
}

TEST_F(Revision, IsNothingsWhereTheTagIsNotOurs) {
  for (const char* field : {"W/\"17\"", "\"abc\"", "\"\"", "\"-1\"", "\"99999999999999999999\"", "\"-gzip\""}) {
    EXPECT_EQ(expected(field), revision_of_nothing) << field;
  }
}

TEST_F(Revision, RefusesWhatItCannotPass) {
  for (const char* field : {"17", "\"1\", \"2\"", "\"1", "\"1\" \"1\""}) {
    EXPECT_EQ(check_if_match(with(field)).error().code, error_if_match) << field;
  }
}

TEST_F(Revision, AnswersItAsETag) {
  Operation about;
  about.pattern = "/things/{id}";
  about.revisioned = true;
  const Route made = route(about, [](Context& context, Named in) -> base::Result<Named> {
    context.set_revision(7);
    return in;
  });
  const net::Request request = with("");
  Context context{request, {}, {}, nullptr, {}, 200, {}};
  EXPECT_EQ(made.run(context, wire::parse_json(R"({"id":"a"})").value()).headers.find("ETag"), "\"7\"");
}

TEST(Router, MatchesByMethodAndSegments) {
  std::vector<Route> routes;
  for (const auto& [method, pattern] : {std::pair("GET", "/a/{id}"), {"DELETE", "/a/{id}"}, {"POST", "/a"}}) {
    Operation about;
    about.method = method;
    about.pattern = pattern;
    routes.push_back(raw_route(about, [](Context&) { return net::Response(); }));
  }
  const Router router(std::move(routes));
  const Match match = router.match("GET", "/a/7");
  ASSERT_NE(match.route, nullptr);
  EXPECT_EQ(match.values, (PathValues{{"id", "7"}}));
  EXPECT_EQ(router.match("HEAD", "/a/7").route, match.route);
  EXPECT_EQ(router.match("PUT", "/a/7").route, nullptr);
  EXPECT_EQ(router.allowed("/a/7"), (std::vector<std::string>{"GET", "HEAD", "DELETE"}));
  EXPECT_TRUE(router.match("PUT", "/a/7").known);
  EXPECT_TRUE(router.allowed("/a/").empty());
  EXPECT_FALSE(router.match("GET", "/a/7/b").known);
  EXPECT_FALSE(router.match("GET", "").known);
  EXPECT_FALSE(router.match("GET", "/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a").known);
}

TEST(TokenBuckets, AllowABurstThenOneASecond) {
  TokenBuckets buckets;
  base::WallTime now = base::wall_from_micros(0);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(buckets.take("a", 3, now).left, 2 - i);
  EXPECT_FALSE(buckets.take("a", 3, now).allowed);
  EXPECT_EQ(buckets.take("a", 3, now).wait, std::chrono::seconds(1));
  EXPECT_EQ(buckets.take("a", 3, now).until_full, std::chrono::seconds(3));
  EXPECT_TRUE(buckets.take("b", 3, now).allowed);
  now += std::chrono::seconds(1);
  EXPECT_TRUE(buckets.take("a", 3, now).allowed);
  EXPECT_FALSE(buckets.take("a", 3, now).allowed);
  EXPECT_FALSE(buckets.take("a", 3, now - std::chrono::hours(1)).allowed);  // a clock that steps back grants nothing
}

TEST(TokenBuckets, AreBounded) {
  TokenBuckets buckets;
  const base::WallTime now = base::wall_from_micros(0);
  for (std::size_t i = 0; i < TokenBuckets::max_buckets + 500; ++i) buckets.take(std::to_string(i), 1, now);
  EXPECT_EQ(buckets.size(), TokenBuckets::max_buckets);
  buckets.take("later", 1, now + std::chrono::seconds(2));
  EXPECT_EQ(buckets.size(), 1u);
}

TEST(RateLimit, CountsCallersAndAddressesApart) {
  RateLimit limit(0.5);
  const base::WallTime now = base::wall_from_micros(0);
  const auto verdict = limit.ask_for_caller("user:a", now);
  ASSERT_TRUE(verdict);
  EXPECT_TRUE(verdict->taken.allowed);
  net::Headers headers;
  add_rate_headers(headers, *verdict);
  EXPECT_EQ(headers.find("RateLimit-Policy"), "\"caller\";q=1;w=2");
  EXPECT_EQ(headers.find("RateLimit"), "\"caller\";r=0;t=2");
  EXPECT_FALSE(limit.ask_for_caller("user:a", now)->taken.allowed);
  EXPECT_TRUE(limit.ask_for_caller("user:b", now)->taken.allowed);
  EXPECT_EQ(limit.ask_for_address("192.0.2.1", now)->quota, 10);
}

TEST(RateLimit, MayBeOff) {
  RateLimit limit(0);
  EXPECT_FALSE(limit.ask_for_caller("user:a", {}));
  EXPECT_FALSE(limit.ask_for_address("192.0.2.1", {}));
}

struct Write {
  std::vector<std::pair<std::string, std::string>> fields;
  bool forged;
};

TEST(SameOrigin, ForeignPagesAreKnown) {
  const std::vector<std::string> allowed = {"https://friend.example"};
  const std::pair<std::string, std::string> cookie = {"Cookie", "a=b; greenroom_access=x"};
  const std::vector<Write> writes = {
      {{cookie}, false},
      {{cookie, {"Origin", "https://studio.example"}}, false},
      {{cookie, {"Origin", "https://STUDIO.example"}}, false},
      {{cookie, {"Origin", "https://studio.example:8443"}}, true},
      {{cookie, {"Origin", "https://evil.example"}}, true},
      {{cookie, {"Origin", "null"}}, true},
      {{cookie, {"Origin", "https://friend.example"}, {"Sec-Fetch-Site", "cross-site"}}, false},
      {{cookie, {"Sec-Fetch-Site", "same-origin"}}, false},
      {{cookie, {"Sec-Fetch-Site", "none"}}, false},
      {{cookie, {"Sec-Fetch-Site", "same-site"}}, true},
      {{cookie, {"Sec-Fetch-Site", "cross-site"}}, true},
      {{cookie, {"Sec-Fetch-Site", "cross-site"}, {"Authorization", "Bearer t"}}, false},
      {{{"Origin", "https://evil.example"}}, false},  // without the cookie it is nobody's login
  };
  for (std::size_t i = 0; i < writes.size(); ++i) {
    net::Request request;
    request.method = "POST";
    request.headers.set("Host", "studio.example");
    for (const auto& [name, value] : writes[i].fields) request.headers.set(name, value);
    EXPECT_EQ(is_forged_write(request, allowed), writes[i].forged) << i;
    request.method = "GET";
    EXPECT_FALSE(is_forged_write(request, allowed)) << i;
  }
}

TEST(SecurityHeaders, AnswersAreNoPages) {
  const net::Headers headers = default_security_headers(false);
  EXPECT_EQ(headers.find("X-Content-Type-Options"), "nosniff");
  EXPECT_TRUE(headers.find("Content-Security-Policy")->starts_with("default-src 'none'"));
  EXPECT_FALSE(headers.find("Strict-Transport-Security"));
  EXPECT_TRUE(default_security_headers(true).find("Strict-Transport-Security"));
}

TEST(ClientAddress, IsWhatTheServerFound) {
  net::Request request;
  request.remote = "127.0.0.1";
  request.headers.set("X-Forwarded-For", "203.0.113.5");
  EXPECT_EQ(client_address(request), "127.0.0.1");
}

TEST(HttpDate, IsImfFixdate) {
  EXPECT_EQ(http_date(*base::parse_rfc3339("1994-11-06T08:49:37Z")), "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST(Metrics, TextFormatIsPrometheus) {
  RequestMetrics metrics({"getA", "getB"});
  metrics.count(1, 204, std::chrono::milliseconds(3));
  metrics.count(7, 404, std::chrono::minutes(2));
  const std::string text = print_metrics(metrics.families());
  EXPECT_NE(text.find("# TYPE greenroom_http_requests_total counter\n"
                      "greenroom_http_requests_total{operation=\"getB\",status=\"2xx\"} 1\n"
                      "greenroom_http_requests_total{operation=\"other\",status=\"4xx\"} 1\n"),
            text.npos)
      << text;
  EXPECT_NE(text.find("duration_seconds_bucket{le=\"0.005\"} 1\n"), text.npos) << text;
  EXPECT_NE(text.find("duration_seconds_bucket{le=\"+Inf\"} 2\n"), text.npos) << text;
  const std::vector<MetricFamily> odd = {{"x", "a\nb", MetricType::gauge, {{"", {{"l", "q\"\\"}}, 0.5}}}};
  EXPECT_EQ(print_metrics(odd), "# HELP x a\\nb\n# TYPE x gauge\nx{l=\"q\\\"\\\\\"} 0.5\n");
}

class Web : public testing::Test {
 protected:
  std::optional<net::Response> get(std::string path, std::string accepts = "") {
    net::Request request;
    request.path = std::move(path);
    if (!accepts.empty()) request.headers.set("Accept-Encoding", accepts);
    return files_.answer(request);
  }
  static std::string body(const net::Response& response) {
    return std::string(base::as_text(std::get<net::StaticBody>(response.body).bytes));
  }
  WebFiles files_{{{"/index.html", "text/html; charset=utf-8", "\"i\"", base::as_bytes("page"), {}, {}},
                   {"/assets/a-1.js", "text/javascript", "\"a\"", base::as_bytes("code"), base::as_bytes("small"),
                    base::as_bytes("zip")}}};
};

TEST_F(Web, PathsThatAreNoFileArePages) {
  for (const char* path : {"/", "/index.html", "/join/token", "/sessions/1"}) {
    const auto response = get(path);
    ASSERT_TRUE(response) << path;
    EXPECT_EQ(body(*response), "page");
    EXPECT_EQ(response->headers.find("Cache-Control"), "no-cache");
    EXPECT_NE(response->headers.find("Content-Security-Policy")->find("frame-ancestors 'none'"), std::string::npos);
  }
  for (const char* path : {"/assets/b-2.js", "/favicon.ico", "/api/v1/nothing", "/media/x/y"}) EXPECT_FALSE(get(path));
}

TEST_F(Web, HashedFilesAreCachedForEverAndComePacked) {
  const auto plain = get("/assets/a-1.js");
  EXPECT_EQ(body(*plain), "code");
  EXPECT_EQ(plain->headers.find("Cache-Control"), "public, max-age=31536000, immutable");
  const auto smallest = get("/assets/a-1.js", "gzip, deflate, br");
  EXPECT_EQ(body(*smallest), "small");
  EXPECT_EQ(smallest->headers.find("Content-Encoding"), "br");
  EXPECT_EQ(std::get<net::StaticBody>(smallest->body).etag, "\"a-br\"");
  const auto packed = get("/assets/a-1.js", "br;q=0, gzip");
  EXPECT_EQ(body(*packed), "zip");
  EXPECT_EQ(packed->headers.find("Content-Encoding"), "gzip");
  EXPECT_EQ(packed->headers.find("Vary"), "Accept-Encoding");
  EXPECT_EQ(std::get<net::StaticBody>(packed->body).etag, "\"a-gzip\"");
}

}  // namespace
}  // namespace greenroom::api
