#include "api/api_fixture.hpp"

#include "base/text.hpp"

namespace greenroom::api {
namespace {

constexpr std::size_t piece_size = 1'000;

class ReaderSource final : public net::ByteSource {
 public:
  explicit ReaderSource(std::unique_ptr<blob::Reader> reader) : reader_(std::move(reader)) {}
  std::uint64_t size() const override { return reader_->size().value; }
  bool read(std::uint64_t offset, base::ByteSpan out) const override {
    return reader_->read(offset, out) == out.size();
  }

 private:
  const std::unique_ptr<blob::Reader> reader_;
};

}  // namespace

ApiTest::ApiTest() {
  database_ = *db::Database::open(db::test_options(directory_.path()));
  const auto migrations = studio::all_migrations();
  EXPECT_TRUE(db::migrate(*database_, migrations, now_));
  store_ = blob::open_test_store(directory_.path() / "blobs");
  bus_ = bus::make_local_bus();
  const auto clock = [this] { return now_; };
  uploads_ = std::make_unique<upload::Uploads>(upload::Dependencies{*database_, *store_, clock, rng_, log_, {}});
  queue_ = std::make_unique<jobs::Queue>(*database_, rng_);
  people_ = std::make_unique<people::People>(
      people::PeopleDependencies{*database_, base::Bytes(32, 7), clock, rng_, log_, post_,
                                 [] { return std::string("https://studio.test"); }, true, people::test_limits()});
  studio_ = std::make_unique<studio::Studio>(studio::StudioDependencies{*database_, *store_, *bus_, *uploads_, *queue_,
                                                                        *people_, directory_.path(), base::Bytes(32, 7),
                                                                        clock, rng_, log_});
  answers_ = std::make_unique<studio::Answers>(*database_);
  handler_ = make_http_handler(make_deps());
}

ApiDeps ApiTest::make_deps() {
  Statistics statistics;
  statistics.stats = [] { return Stats{1, 2, 3, 4, 5}; };
  statistics.metrics = [] { return std::vector<MetricFamily>(); };
  statistics.not_ready = [] { return std::vector<std::string>(); };
  const auto media = [this](const MediaWish& wish) -> base::Result<MediaBytes> {
    if (wish.by_link && !media_link_.empty()) return MediaBytes{media_link_ + wish.content_disposition, {}};
    GREENROOM_TRY(auto name, blob::Name::parse(wish.blob));
    GREENROOM_TRY(auto reader, store_->open(name));
    return MediaBytes{{}, std::make_shared<ReaderSource>(std::move(reader))};
  };
  const auto run = [this](std::function<void()> work) {
    if (pool_full_) return false;
    work();
    return true;
  };
  ApiDeps deps{*people_, *studio_, *uploads_, run, [this] { return now_; }, media, statistics, log_};
  deps.answers = answers_.get();
  return deps;
}

net::Request ApiTest::make_request(std::string_view method, std::string_view target, std::string body,
                                   Fields fields) const {
  net::Request request;
  request.method = method;
  request.path = target.substr(0, target.find('?'));
  if (const auto at = target.find('?'); at != target.npos) request.query = target.substr(at + 1);
  for (auto& [name, value] : fields) request.headers.add(name, std::move(value));
  if (!body.empty()) request.headers.set("Content-Length", std::to_string(body.size()));
  request.body = std::move(body);
  request.remote = remote_;
  request.request_id = "request-1";
  return request;
}

Answer ApiTest::read(net::Response response) const {
  Answer answer;
  answer.status = response.status;
  answer.headers = response.headers;
  if (auto* text = std::get_if<std::string>(&response.body)) answer.body = *text;
  if (auto* bytes = std::get_if<net::StaticBody>(&response.body)) answer.body = base::as_text(bytes->bytes);
  if (auto* file = std::get_if<net::SourceBody>(&response.body)) answer.file = *file;
  if (answer.header("Content-Type").ends_with("json")) {
    auto json = wire::parse_json(answer.body, 64);
    EXPECT_TRUE(json) << answer.body;
    if (json) answer.json = *json;
  }
  return answer;
}

// Every answer that a test ever receives is held against the document: what it does not know is an error.
void ApiTest::check_against_document(const net::Request& request, const Answer& answer) const {
  const Match match = router_.match(request.method, request.path);
  const std::string type = answer.header("Content-Type");
  if (!match.route || match.route->about.id.empty()) {
    if (answer.status < 400 || request.path.starts_with("/socket.io/")) return;
    EXPECT_EQ(type, "application/problem+json") << request.path;
    EXPECT_EQ(schemas_.check_problem(answer.json), std::vector<std::string>()) << answer.body;
    return;
  }
  if (answer.text("type").starts_with("https://iana.org/")) return;  // a problem of others, with members of their own
  const bool empty = answer.body.empty() && !answer.file;
  EXPECT_EQ(schemas_.check_answer(match.route->about.pattern, base::lower(match.route->about.method), answer.status,
                                  type, !empty, answer.json),
            std::vector<std::string>())
      << request.method << " " << request.path << " answered " << answer.status << " " << type << ": " << answer.body;
}

Answer ApiTest::send(std::string_view method, std::string_view target, std::string body, Fields fields) {
  net::Request request = make_request(method, target, std::move(body), std::move(fields));
  const net::Request copy = request;
  std::optional<net::Response> response;
  std::unique_ptr<net::BodySink> sink;
  if (!request.body.empty()) {
    net::Request head = request;
    head.body.clear();
    sink = handler_.stream(head);
  }
  if (sink) {
    std::string_view rest = request.body;
    while (!rest.empty() && !response) {
      response = sink->write(base::as_bytes(rest.substr(0, piece_size)));
      rest.remove_prefix(std::min(piece_size, rest.size()));
    }
    if (!response) response = sink->finish();
  } else {
    handler_.request(std::move(request), net::Responder([&](net::Response r) { response = std::move(r); }));
  }
  EXPECT_TRUE(response.has_value());
  Answer answer = read(response ? *std::move(response) : net::Response());
  check_against_document(copy, answer);
  return answer;
}

Answer ApiTest::call(std::string_view method, std::string_view target, std::string_view json, Fields fields) {
  if (!json.empty()) fields.emplace_back("Content-Type", "application/json");
  if (!cookie_.empty()) fields.emplace_back("Cookie", "greenroom_access=" + cookie_);
  return send(method, target, std::string(json), std::move(fields));
}

Answer ApiTest::call_as(const std::string& token, std::string_view method, std::string_view target,
                        std::string_view json) {
  Fields fields = {{"Authorization", "Bearer " + token}};
  if (!json.empty()) fields.emplace_back("Content-Type", "application/json");
  return send(method, target, std::string(json), std::move(fields));
}

std::string ApiTest::sign_up() {
  const auto token = people_->make_setup_token();
  EXPECT_TRUE(token && *token);
  const std::string body =
      fmt::format(R"({{"token":"{}","name":"Ada","email":"ada@example.org","password":"correct horse"}})", **token);
  const Answer answer = call("POST", "/api/v1/setup", body);
  EXPECT_EQ(answer.status, 201) << answer.body;
  return cookie_ = cookie_of(answer, "greenroom_access");
}

std::string ApiTest::cookie_of(const Answer& answer, std::string_view name) {
  for (const auto& [field, value] : answer.headers.all()) {
    if (field == "Set-Cookie" && value.starts_with(std::string(name) + "=")) {
      return value.substr(name.size() + 1, value.find(';') - name.size() - 1);
    }
  }
  return "";
}

std::string ApiTest::mailed_token() {
  const auto mails = post_.take();
  EXPECT_FALSE(mails.empty());
  if (mails.empty()) return "";
  const std::string& link = mails.back().link;
  return link.substr(link.find_last_of("/=") + 1);
}

std::string ApiTest::make_session() {
  const Answer answer = call("POST", "/api/v1/sessions", R"({"title":"Pilot","kind":"podcast"})");
  EXPECT_EQ(answer.status, 201) << answer.body;
  return answer.text("id");
}

boost::json::object ApiTest::admit_guest(const std::string& session, std::string_view name) {
  const std::string link = call("GET", "/api/v1/sessions/" + session).text("guestLink");
  const std::string token = link.substr(link.rfind('/') + 1);
  const Answer answer = call("POST", "/api/v1/invites/" + token + "/join", fmt::format(R"({{"name":"{}"}})", name));
  EXPECT_EQ(answer.status, 200) << answer.body;
  return answer.json.is_object() ? answer.json.get_object() : boost::json::object();
}

std::string ApiTest::guest_token(const std::string& session, std::string_view name) {
  return std::string(admit_guest(session, name).at("token").as_string());
}

std::string ApiTest::start_take(const std::string& session) {
  const Answer answer = call("POST", "/api/v1/sessions/" + session + "/takes");
  EXPECT_EQ(answer.status, 201) << answer.body;
  return answer.text("id");
}

std::string ApiTest::announce_stem(const std::string& token, const std::string& take, std::string_view json) {
  const Answer answer = call_as(token, "POST", "/api/v1/takes/" + take + "/stems", json);
  EXPECT_EQ(answer.status, 201) << answer.body;
  return answer.text("uploadUrl");
}

}  // namespace greenroom::api
