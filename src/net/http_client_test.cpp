#include "net/http_client.hpp"

#include "net/detail/test_server.hpp"

namespace greenroom::net {
namespace {

HttpHandler other_server() {
  HttpHandler handler;
  handler.request = [](Request request, Responder respond) {
    Response response;
    if (request.path == "/large") {
      response.body = std::string(4096, 'x');
    } else if (request.path == "/fields") {
      response.headers.set("X-Long", std::string(8192, 'x'));
    } else if (request.path == "/there") {
      response.status = 302;
      response.headers.set("Location", "/here");
    } else if (request.path == "/round") {
      response.status = 302;
      response.headers.set("Location", "/round");
    } else if (request.path == "/file") {
      response.status = 302;
      response.headers.set("Location", "file:///etc/passwd");
    } else if (request.path == "/silence") {
      static std::vector<Responder> kept;
      return kept.push_back(std::move(respond));
    } else {
      response.status = request.path == "/missing" ? 404 : 200;
      response.headers.set("X-Answer", "yes");
      response.body = fmt::format("{} {} [{}] {}", request.method, request.path,
                                  request.headers.find("X-Ask").value_or(""), request.body);
    }
    respond(std::move(response));
  };
  return handler;
}

class HttpClientTest : public testing::Test {
 protected:
  HttpRequest to(std::string_view path) const {
    return {fmt::format("http://127.0.0.1:{}{}", server.port, path), {}, {}};
  }
  TestServer server{other_server()};
};

TEST_F(HttpClientTest, gets_and_posts) {
  auto request = to("/here");
  request.headers = {{"X-Ask", "please"}};
  const auto got = http_get(request);
  ASSERT_TRUE(got) << got.error().context;
  EXPECT_EQ(got->status, 200);
  EXPECT_EQ(got->headers.find("x-answer"), "yes");
  EXPECT_EQ(got->body, "GET /here [please] ");
  request.body = std::string("a=1\0b", 5);
  EXPECT_EQ(http_post(request)->body, std::string("POST /here [please] a=1\0b", 25));
  EXPECT_EQ(http_get(to("/missing"))->status, 404);
}

TEST_F(HttpClientTest, follows_redirects_only_when_asked) {
  EXPECT_EQ(http_get(to("/there"))->status, 302);
  HttpLimits limits;
  limits.redirects_max = 3;
  const auto followed = http_get(to("/there"), limits);
  EXPECT_EQ(followed->body, "GET /here [] ");
  EXPECT_FALSE(followed->headers.find("Location"));
  EXPECT_EQ(http_get(to("/round"), limits).error().code, http_call_failed);
  EXPECT_FALSE(http_get(to("/file"), limits));
}

TEST_F(HttpClientTest, everything_is_bounded) {
  HttpLimits limits;
  limits.body_max = 4095;
  EXPECT_EQ(http_get(to("/large"), limits).error().code, http_answer_too_large);
  limits = {};
  limits.headers_max = 4096;
  EXPECT_EQ(http_get(to("/fields"), limits).error().code, http_answer_too_large);
  limits = {};
  limits.total_timeout = std::chrono::milliseconds(50);
  EXPECT_EQ(http_get(to("/silence"), limits).error().code, http_call_failed);
}

TEST_F(HttpClientTest, private_addresses_can_be_out_of_bounds) {
  HttpLimits limits;
  limits.public_only = true;
  EXPECT_EQ(http_get(to("/here"), limits).error().code, http_forbidden_address);
  EXPECT_EQ(http_get({fmt::format("http://localhost:{}/here", server.port), {}, {}}, limits).error().code,
            http_forbidden_address)
      << "by name as well";
}

TEST_F(HttpClientTest, plain_http_stays_on_this_machine) {
  EXPECT_EQ(http_get({"http://192.0.2.1/", {}, {}}).error().code, http_forbidden_address);
}

TEST_F(HttpClientTest, refuses_what_is_no_call) {
  for (const char* url : {"", "file:///etc/passwd", "smtp://localhost", "http://", "gopher://127.0.0.1/"})
    EXPECT_FALSE(http_get({url, {}, {}})) << url;
  auto request = to("/here");
  request.headers = {{"X-Ask", "a\r\nX-More: b"}};
  EXPECT_EQ(http_get(request).error().code, bad_http_request);
  EXPECT_EQ(http_get({"http://127.0.0.1:1/", {}, {}}).error().code, http_call_failed);
}

TEST(HttpForms, are_encoded) {
  EXPECT_EQ(form_text({{"a", "1"}, {"b c", "x y+&=%é"}, {"d", ""}}), "a=1&b%20c=x%20y%2B%26%3D%25%C3%A9&d=");
  EXPECT_EQ(form_text({}), "");
}

TEST(HttpAddresses, public_or_not) {
  const auto is = [](const char* ip) { return is_public(*base::parse_ip(ip, 0)); };
  for (const char* ip : {"1.1.1.1", "8.8.8.8", "172.15.255.255", "172.32.0.0", "192.167.0.1", "223.255.255.255",
                         "2606:4700:4700::1111", "2a00:1450::1"})
    EXPECT_TRUE(is(ip)) << ip;
  for (const char* ip : {"0.0.0.0",     "10.1.2.3",       "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.16.0.1",
                         "172.31.9.9",  "192.168.1.1",    "198.19.0.1", "224.0.0.1", "255.255.255.255", "::",
                         "::1",         "fc00::1",        "fe80::1",    "ff02::1",   "64:ff9b::7f00:1", "2002:7f00:1::",
                         "2001:db8::1", "::ffff:10.0.0.1"})
    EXPECT_FALSE(is(ip)) << ip;
  EXPECT_TRUE(is_loopback(*base::parse_ip("::1", 0)));
  EXPECT_TRUE(is_loopback(*base::parse_ip("127.8.8.8", 0)));
  EXPECT_FALSE(is_loopback(*base::parse_ip("128.0.0.1", 0)));
}

}  // namespace
}  // namespace greenroom::net
