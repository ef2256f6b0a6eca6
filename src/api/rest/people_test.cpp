// Accounts, tokens, keys and workspaces over HTTP.
#include "api/api_fixture.hpp"

namespace greenroom::api {
namespace {

class PeopleRoutes : public ApiTest {
 protected:
  Answer post(std::string_view path, std::string_view json, Fields fields = {}) {
    fields.emplace_back("Content-Type", "application/json");
    return send("POST", "/api/v1" + std::string(path), std::string(json), std::move(fields));
  }
  // Somebody new who registers and follows the link; cookie_ becomes theirs.
  void register_as(const std::string& name) {
    EXPECT_EQ(
        post("/register", fmt::format(R"({{"name":"{0}","email":"{0}@example.org","password":"correct horse"}})", name))
            .status,
        202);
    const Answer in = post("/email/verify", fmt::format(R"({{"token":"{}"}})", mailed_token()));
    EXPECT_EQ(in.status, 200) << in.body;
    cookie_ = cookie_of(in, "greenroom_access");
  }
  std::string api_key(std::string_view scopes) {
    const Answer made = call("POST", "/api/v1/me/api-keys", fmt::format(R"({{"name":"Robot","scopes":{}}})", scopes));
    EXPECT_EQ(made.status, 201) << made.body;
    return made.text("key");
  }
};

constexpr std::string_view ada = R"({"email":"ada@example.org","password":"correct horse"})";

TEST_F(PeopleRoutes, CookiesCarryALogin) {
  sign_up();
  const Answer in = post("/login", ada);
  ASSERT_EQ(in.status, 200);
  std::vector<std::string> cookies;
  for (const auto& [name, value] : in.headers.all()) {
    if (name == "Set-Cookie") cookies.push_back(value.substr(0, value.find('=')) + value.substr(value.find(';')));
  }
  EXPECT_EQ(cookies, (std::vector<std::string>{
                         "greenroom_access; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax",
                         "greenroom_refresh; Path=/api/v1/tokens; Max-Age=2592000; HttpOnly; SameSite=Strict"}));
  cookie_ = cookie_of(in, "greenroom_access");
  now_ += std::chrono::minutes(10);
  const Answer late = call("GET", "/api/v1/me");
  EXPECT_EQ(late.status, 401);
  EXPECT_EQ(late.text("type"), "/problems/people.sign_in");
  const std::string refresh = "greenroom_refresh=" + cookie_of(in, "greenroom_refresh");
  const Answer fresh = send("POST", "/api/v1/tokens/refresh", "", {{"Cookie", refresh}});
  ASSERT_EQ(fresh.status, 200) << fresh.body;
  EXPECT_EQ(fresh.body, R"({"expiresIn":600})");
  cookie_ = cookie_of(fresh, "greenroom_access");
  EXPECT_EQ(call("GET", "/api/v1/me").status, 200);
  now_ += std::chrono::seconds(31);
  const Answer reused = send("POST", "/api/v1/tokens/refresh", "", {{"Cookie", refresh}});
  EXPECT_EQ(reused.status, 401);
  EXPECT_NE(reused.header("Set-Cookie").find("greenroom_access=;"), std::string::npos);
  EXPECT_EQ(call("GET", "/api/v1/me").status, 401);
  EXPECT_EQ(send("POST", "/api/v1/tokens/refresh").status, 401);
  EXPECT_EQ(
      send("POST", "/api/v1/tokens/refresh", "", {{"Cookie", refresh}, {"Origin", "https://evil.example"}}).status,
      403);
}

TEST_F(PeopleRoutes, OthersCarryTokens) {
  sign_up();
  cookie_.clear();
  const Answer made = post("/tokens", ada);
  ASSERT_EQ(made.status, 200);
  EXPECT_EQ(made.header("Set-Cookie"), "");
  EXPECT_EQ(made.text("expiresIn"), "600");
  EXPECT_EQ(call_as(made.text("accessToken"), "GET", "/api/v1/me").at("/user/name"), "Ada");
  EXPECT_EQ(call_as(made.text("accessToken"), "GET", "/api/v1/sessions").status, 200);
  const Answer next = post("/tokens/refresh", fmt::format(R"({{"refreshToken":"{}"}})", made.text("refreshToken")));
  ASSERT_EQ(next.status, 200);
  EXPECT_EQ(next.header("Set-Cookie"), "");
  EXPECT_NE(next.text("refreshToken"), made.text("refreshToken"));
  EXPECT_EQ(call_as(next.text("accessToken"), "POST", "/api/v1/logout").status, 204);
  EXPECT_EQ(call_as(next.text("accessToken"), "GET", "/api/v1/me").status, 401);
}

TEST_F(PeopleRoutes, TheSameAnswerWhoeverHasAnAccount) {
  sign_up();
  const Answer known = post("/password/forgot", R"({"email":"ada@example.org"})");
  const Answer unknown = post("/password/forgot", R"({"email":"nobody@example.org"})");
  EXPECT_EQ(known.status, 202);
  EXPECT_EQ(known.body, "{}");
  EXPECT_EQ(unknown.status, known.status);
  EXPECT_EQ(unknown.body, known.body);
  for (const char* email : {"ada@example.org", "new@example.org"}) {
    const Answer answer =
        post("/register", fmt::format(R"({{"name":"X","email":"{}","password":"correct horse"}})", email));
    EXPECT_EQ(answer.status, 202);
    EXPECT_EQ(answer.body, "{}");
  }
  for (const char* email : {"ada@example.org", "nobody@example.org"}) {
    const Answer answer = post("/login", fmt::format(R"({{"email":"{}","password":"wrong"}})", email));
    EXPECT_EQ(answer.status, 401);
    EXPECT_EQ(answer.text("type"), "/problems/people.credentials");
  }
  for (int i = 0; i < 6; ++i) post("/magic-link", R"({"email":"nobody@example.org"})");
  const Answer late = post("/magic-link", R"({"email":"nobody@example.org"})");
  EXPECT_EQ(late.status, 429);
  EXPECT_EQ(late.header("Retry-After"), "3600");
}

TEST_F(PeopleRoutes, LinksInMails) {
  sign_up();
  EXPECT_EQ(post("/magic-link", R"({"email":"ada@example.org"})").status, 202);
  const std::string magic = fmt::format(R"({{"token":"{}"}})", mailed_token());
  EXPECT_EQ(post("/magic-link/redeem", magic).at("/user/emailVerified"), "true");
  EXPECT_EQ(post("/magic-link/redeem", magic).status, 410);
  EXPECT_EQ(post("/password/forgot", R"({"email":"ada@example.org"})").status, 202);
  const Answer reset =
      post("/password/reset", fmt::format(R"({{"token":"{}","password":"battery staple"}})", mailed_token()));
  EXPECT_EQ(reset.status, 200);
  EXPECT_NE(cookie_of(reset, "greenroom_access"), "");
  EXPECT_EQ(call("GET", "/api/v1/me").status, 401);  // other logins have ended
  EXPECT_EQ(send("GET", "/api/v1/register").body, R"({"open":true})");
}

TEST_F(PeopleRoutes, OnesOwnAccount) {
  sign_up();
  EXPECT_EQ(call("PATCH", "/api/v1/me", R"({"name":"Ada L."})").at("/user/name"), "Ada L.");
  EXPECT_EQ(call("POST", "/api/v1/me/password", R"({"current":"wrong","new":"battery staple"})").status, 401);
  EXPECT_EQ(call("POST", "/api/v1/me/password", R"({"current":"correct horse","new":"battery staple"})").status, 204);
  const Answer logins = call("GET", "/api/v1/me/logins");
  EXPECT_EQ(logins.at("/items/0/current"), "true");
  EXPECT_EQ(logins.at("/items/0/address"), remote_);
  const Answer copy = call("GET", "/api/v1/me/export");
  EXPECT_EQ(copy.status, 200);
  EXPECT_EQ(copy.at("/user/email"), "ada@example.org");
  EXPECT_NE(copy.header("Content-Disposition").find("attachment"), std::string::npos);
  EXPECT_EQ(call("DELETE", "/api/v1/me/logins/" + logins.at("/items/0/id")).status, 204);
  EXPECT_EQ(call("GET", "/api/v1/me").status, 401);
}

TEST_F(PeopleRoutes, ErasureWantsThePassword) {
  sign_up();
  make_session();
  EXPECT_EQ(call("DELETE", "/api/v1/me").status, 401);
  EXPECT_EQ(call("DELETE", "/api/v1/me", R"({"password":"wrong"})").status, 401);
  const Answer gone = call("DELETE", "/api/v1/me", R"({"password":"correct horse"})");
  EXPECT_EQ(gone.status, 204) << gone.body;
  EXPECT_NE(gone.header("Set-Cookie").find("Max-Age=0"), std::string::npos);
  EXPECT_EQ(call("GET", "/api/v1/me").status, 401);
  EXPECT_EQ(post("/login", ada).status, 401);
}

TEST_F(PeopleRoutes, TheSecondFactor) {
  sign_up();
  const Answer begun = call("POST", "/api/v1/me/two-factor");
  ASSERT_EQ(begun.status, 200);
  const auto code = [&] { return people::totp(begun.text("secret"), now_); };
  EXPECT_EQ(call("POST", "/api/v1/me/two-factor/confirm", R"({"code":"000000"})").status, 401);
  const Answer on = call("POST", "/api/v1/me/two-factor/confirm", fmt::format(R"({{"code":"{}"}})", code()));
  EXPECT_EQ(on.json.at("recoveryCodes").as_array().size(), 10u);
  const Answer needed = post("/login", ada);
  EXPECT_EQ(needed.status, 401);
  EXPECT_EQ(needed.text("type"), "/problems/people.code_needed");
  now_ += std::chrono::seconds(30);
  const std::string with_code =
      fmt::format(R"({{"email":"ada@example.org","password":"correct horse","code":"{}"}})", code());
  EXPECT_EQ(post("/login", with_code).status, 200);
  EXPECT_EQ(post("/login", with_code).text("type"), "/problems/people.code_wrong");
  EXPECT_EQ(
      call("POST", "/api/v1/me/two-factor/remove", fmt::format(R"({{"code":"{}"}})", on.at("/recoveryCodes/0"))).status,
      204);
  EXPECT_EQ(post("/login", ada).status, 200);
}

TEST_F(PeopleRoutes, ApiKeysMayWhatTheirScopesSay) {
  sign_up();
  const std::string reader = api_key(R"(["sessions:read"])"),
                    writer = api_key(R"(["sessions:write","workspace:read"])");
  const std::string session = make_session();
  EXPECT_EQ(call("POST", "/api/v1/me/api-keys", R"({"name":"x","scopes":["all"]})").status, 400);
  const Answer list = call("GET", "/api/v1/me/api-keys");
  EXPECT_EQ(list.at("/items/0/prefix"), reader.substr(0, 10));
  EXPECT_EQ(list.at("/items/0/key"), "");
  EXPECT_EQ(call_as(reader, "GET", "/api/v1/sessions").status, 200);
  EXPECT_EQ(call_as(reader, "GET", "/api/v1/sessions/" + session).status, 200);
  const Answer refused = call_as(reader, "POST", "/api/v1/sessions", R"({"title":"x"})");
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(refused.text("type"), "/problems/people.scope");
  EXPECT_EQ(call_as(reader, "GET", "/api/v1/workspace").status, 403);
  EXPECT_EQ(call_as(writer, "POST", "/api/v1/sessions", R"({"title":"x"})").status, 201);
  EXPECT_EQ(call_as(writer, "GET", "/api/v1/workspace/members").status, 200);
  EXPECT_EQ(call_as(writer, "PATCH", "/api/v1/workspace", R"({"name":"x"})").status, 403);
  // No key does what is a person's own: it could give itself whatever it lacks.
  for (const char* path : {"/api/v1/me", "/api/v1/me/api-keys", "/api/v1/me/logins", "/api/v1/workspaces"}) {
    EXPECT_EQ(call_as(writer, "GET", path).status, 403) << path;
  }
  EXPECT_EQ(call_as("gr_nonsense", "GET", "/api/v1/sessions").status, 401);
  EXPECT_EQ(call("DELETE", "/api/v1/me/api-keys/" + list.at("/items/0/id")).status, 204);
  EXPECT_EQ(call_as(reader, "GET", "/api/v1/sessions").status, 401);
}

TEST_F(PeopleRoutes, WorkspacesAndTheirMembers) {
  sign_up();
  const std::string owner = cookie_;
  const Answer workspace = call("GET", "/api/v1/workspace");
  EXPECT_EQ(workspace.header("ETag"), "\"1\"");
  const auto rename = [&](std::string revision) {
    return send("PATCH", "/api/v1/workspace", R"({"name":"Studio One"})",
                {{"Cookie", "greenroom_access=" + owner},
                 {"Content-Type", "application/json"},
                 {"If-Match", "\"" + revision + "\""}});
  };
  EXPECT_EQ(rename("1").header("ETag"), "\"2\"");
  EXPECT_EQ(rename("1").status, 412);

  const Answer invited = call("POST", "/api/v1/workspace/invitations", R"({"email":"bob@example.org","role":"admin"})");
  ASSERT_EQ(invited.status, 201) << invited.body;
  EXPECT_EQ(call("GET", "/api/v1/workspace/invitations").at("/items/0/email"), "bob@example.org");
  const std::string path = "/api/v1/invitations/" + mailed_token();
  cookie_.clear();
  EXPECT_EQ(call("GET", path).text("workspaceName"), "Studio One");
  EXPECT_EQ(call("GET", "/api/v1/invitations/nonsense").status, 410);
  const Answer joined = call("POST", path + "/accept", R"({"name":"Bob","password":"correct horse"})");
  ASSERT_EQ(joined.status, 200) << joined.body;
  EXPECT_EQ(joined.at("/workspace/name"), "Studio One");
  EXPECT_EQ(joined.at("/workspace/role"), "admin");
  const std::string admin = cookie_of(joined, "greenroom_access");

  register_as("Cy");
  cookie_ = owner;
  EXPECT_EQ(call("POST", "/api/v1/workspace/invitations", R"({"email":"cy@example.org","role":"member"})").status, 201);
  const std::string second = mailed_token();
  cookie_ = admin;
  EXPECT_EQ(call("POST", "/api/v1/invitations/" + second + "/accept").status, 403);  // it is Cy's
  EXPECT_EQ(call("GET", "/api/v1/workspace/members").json.at("items").as_array().size(), 2u);
  const std::string bob = joined.at("/user/id");
  EXPECT_EQ(call("PATCH", "/api/v1/workspace/members/" + bob, R"({"role":"owner"})").status, 403);
  EXPECT_EQ(call("DELETE", "/api/v1/workspace/members/" + bob).status, 204);
  EXPECT_EQ(call("GET", "/api/v1/me").at("/workspace/name"), "Bob's studio");
}

TEST_F(PeopleRoutes, LastOwnersAndTheAuditLog) {
  sign_up();
  const std::string me = call("GET", "/api/v1/me").at("/user/id");
  const Answer last = call("DELETE", "/api/v1/workspace/members/" + me);
  EXPECT_EQ(last.status, 409);
  EXPECT_EQ(last.text("type"), "/problems/people.last_owner");
  now_ += std::chrono::milliseconds(1);
  EXPECT_EQ(call("PATCH", "/api/v1/workspace", R"({"name":"Studio One"})").status, 200);
  const Answer page = call("GET", "/api/v1/workspace/audit?limit=1");
  EXPECT_EQ(page.at("/items/0/action"), "workspace.renamed");
  EXPECT_EQ(page.at("/items/0/actor/id"), me);
  EXPECT_EQ(page.at("/items/0/address"), remote_);
  EXPECT_NE(page.header("Link").find("rel=\"next\""), std::string::npos);
  const Answer made = call("POST", "/api/v1/workspaces", R"({"name":"Second"})");
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(call("GET", "/api/v1/workspaces").json.at("items").as_array().size(), 2u);
  EXPECT_EQ(call("POST", "/api/v1/me/workspace", fmt::format(R"({{"workspaceId":"{}"}})", made.text("id")))
                .at("/workspace/name"),
            "Second");
  EXPECT_EQ(call("GET", "/api/v1/workspace").text("name"), "Second");
}

}  // namespace
}  // namespace greenroom::api
