#include "api/realtime/detail/test_rig.hpp"

#include <gmock/gmock.h>

namespace greenroom::api::realtime {

ServerOptions open_rooms() {
  ServerOptions options;
  options.open_rooms = true;
  return options;
}

std::string field(const std::string& json, const std::string& name) {
  const std::string key = "\"" + name + "\":\"";
  const auto at = json.find(key);
  if (at == json.npos) return "no " + name + " in " + json;
  const auto from = at + key.size();
  return json.substr(from, json.find('"', from) - from);
}

std::string join_request(const std::string& room, const std::string& user) {
  return R"({"callId":")" + room + R"(","userId":")" + user + R"(","rtpCapabilities":{"codecs":[]}})";
}

std::string TestSocket::next() {
  std::unique_lock lock(mutex_);
  if (!arrived_.wait_for(lock, test_patience, [this] { return !messages_.empty(); })) return "nothing came";
  auto message = std::move(messages_.front());
  messages_.pop_front();
  return message;
}

void TestSocket::put(std::string message) {
  const std::lock_guard lock(mutex_);
  messages_.push_back(std::move(message));
  arrived_.notify_all();
}

TestRig::TestRig(ServerOptions options, bus::Bus* bus, LookAgain ask)
    : look_again(std::move(ask)), server(std::make_unique<Server>(options, dependencies(bus))) {
  media.called = [this] { loop.post([this] { media.answer_all(); }); };
  thread_ = std::thread([this] { loop.run(); });
}

TestRig::~TestRig() {
  run_on_loop([this] { server.reset(); });
  pool.close();
  loop.stop();
  thread_.join();
}

void TestRig::run_on_loop(const std::function<void()>& task) {
  const auto done = std::make_shared<std::promise<void>>();
  loop.post([&task, done] {
    task();
    done->set_value();
  });
  done->get_future().wait();
}

std::shared_future<net::Response> TestRig::start_http(std::string method, std::string query, std::string body,
                                                      net::Headers headers, std::string path) {
  auto promise = std::make_shared<std::promise<net::Response>>();
  net::Request request{std::move(method), std::move(path), std::move(query), std::move(headers), std::move(body),
                       "127.0.0.1",       "test"};
  loop.post([this, request, promise]() mutable {
    server->request(std::move(request),
                    net::Responder([promise](net::Response r) { promise->set_value(std::move(r)); }));
  });
  return promise->get_future().share();
}

std::string TestRig::text(const std::shared_future<net::Response>& response) {
  if (response.wait_for(test_patience) != std::future_status::ready) return "no answer";
  return std::to_string(response.get().status) + " " + std::get<std::string>(response.get().body);
}

std::string TestRig::http(std::string method, std::string query, std::string body) {
  return text(start_http(std::move(method), std::move(query), std::move(body)));
}

base::Result<Identity> TestRig::identify(const Credentials& who) {
  Identity identity;
  if (who.token) {
    std::string_view token = *who.token;
    const bool viewer = token.starts_with("viewer:");
    if (viewer) token.remove_prefix(7);
    const bool waiting = token.starts_with("waiting:");
    if (waiting) token.remove_prefix(8);
    const auto at = token.find('@');
    if (at == token.npos) return base::fail({base::ErrorKind::unauthorized, "studio.participant_token"}, "bad token");
    identity.participant = {std::string(token.substr(0, at)), std::string(token.substr(at + 1)),
                            "Name of " + std::string(token.substr(0, at))};
    if (viewer) identity.participant->may = {};
    identity.participant->waiting = waiting;
    if (waiting) identity.participant->barred = base::Error{{base::ErrorKind::forbidden, "studio.waiting"}, "wait", {}};
  } else if (who.cookie == "good") {
    identity.user_id = "user";
  }
  if (who.cookie == "good") identity.login = {"login", "user"};
  return identity;
}

ServerDependencies TestRig::dependencies(bus::Bus* bus) {
  Doorman doorman;
  doorman.identify = &identify;
  doorman.is_login = [this](const std::string&) -> base::Result<bool> { return signed_in.load(); };
  doorman.may_follow = [](const Identity& who, const std::string& session) -> base::Status {
    if (who.user_id && session == "s") return {};
    return base::fail({base::ErrorKind::forbidden, "studio.forbidden"}, "not yours");
  };
  doorman.look_again = look_again;
  doorman.entered = [this](const std::string& id) { presence.push_back("+" + id); };
  doorman.left = [this](const std::string& id) { presence.push_back("-" + id); };
  return {loop, pool, media, rng, log, std::move(doorman), ice_servers, bus, [this] { return busy.load(); }};
}

TestPerson::TestPerson(TestRig& rig, std::string query, net::Headers headers, std::string path) : rig_(rig) {
  const net::Request request{"GET", std::move(path), std::move(query), std::move(headers), {}, "127.0.0.1", "test"};
  handler_ = rig_.on_loop([&] { return rig_.server->web_socket(request); });
  if (handler_) rig_.on_loop([&] { handler_->opened(socket); });
}

void TestPerson::send(std::string text) {
  rig_.on_loop([&] { handler_->message(std::move(text), false); });
}

void TestPerson::send_binary(std::string bytes) {
  rig_.on_loop([&] { handler_->message(std::move(bytes), true); });
}

std::string TestPerson::ask(std::string text) {
  send(std::move(text));
  return next();
}

void TestPerson::hang_up() {
  if (!handler_) return;
  rig_.on_loop([&] { handler_->closed(); });
  handler_.reset();
}

void TestPerson::connect(std::string_view auth) {
  EXPECT_THAT(next(), testing::StartsWith("0{"));
  EXPECT_THAT(ask("40" + std::string(auth)), testing::StartsWith(R"(40{"sid":)"));
}

std::string TestPerson::call(const std::string& event, const std::string& request) {
  const auto id = std::to_string(++calls_);
  const auto answer = ask("42" + id + "[\"" + event + "\"," + request + "]");
  const auto head = "43" + id;
  return answer.starts_with(head) ? answer.substr(head.size()) : "not an acknowledgement: " + answer;
}

}  // namespace greenroom::api::realtime
