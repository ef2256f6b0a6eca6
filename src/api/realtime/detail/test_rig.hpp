// For this folder's tests: a realtime server on a loop of its own, without a network. HTTP requests and WebSockets are
// handed to it as net would; every wait has a deadline.
#pragma once
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <future>
#include <mutex>
#include <regex>
#include <thread>

#include "api/realtime/server.hpp"
#include "studio/test_media_gateway.hpp"

namespace greenroom::api::realtime {

inline constexpr auto test_patience = std::chrono::seconds(10);

inline ServerOptions open_rooms() {
  ServerOptions options;
  options.open_rooms = true;
  return options;
}

// The text of a field of an answer, wherever it stands.
inline std::string field(const std::string& json, const std::string& name) {
  std::smatch match;
  const std::regex pattern("\"" + name + R"re(":"([^"]*)")re");
  return std::regex_search(json, match, pattern) ? match[1].str() : "no " + name + " in " + json;
}

inline std::string join_request(const std::string& room, const std::string& user) {
  return R"({"callId":")" + room + R"(","userId":")" + user + R"(","rtpCapabilities":{"codecs":[]}})";
}

// The client's end of a WebSocket: keeps what the server sends.
class TestSocket final : public net::WebSocket {
 public:
  void send_text(std::string message) override { put(std::move(message)); }
  void send_binary(std::string message) override { put("binary:" + message); }
  void close(std::uint16_t, std::string_view) override { put("closed"); }

  std::string next() {
    std::unique_lock lock(mutex_);
    if (!arrived_.wait_for(lock, test_patience, [this] { return !messages_.empty(); })) return "nothing came";
    auto message = std::move(messages_.front());
    messages_.pop_front();
    return message;
  }

 private:
  void put(std::string message) {
    const std::lock_guard lock(mutex_);
    messages_.push_back(std::move(message));
    arrived_.notify_all();
  }
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<std::string> messages_;
};

class TestRig {
 public:
  template <class F>
  auto on_loop(F f) {
    auto task = std::make_shared<std::packaged_task<decltype(f())()>>(std::move(f));
    auto result = task->get_future();
    loop.post([task] { (*task)(); });
    return result.get();
  }

  using LookAgain = decltype(Doorman::look_again);

  explicit TestRig(ServerOptions options = {}, bus::Bus* bus = nullptr, LookAgain ask = {})
      : look_again(std::move(ask)), server(std::make_unique<Server>(options, dependencies(bus))) {
    media.called = [this] { loop.post([this] { media.answer_all(); }); };
    thread_ = std::thread([this] { loop.run(); });
  }
  ~TestRig() {
    on_loop([this] { server.reset(); });
    pool.close();
    loop.stop();
    thread_.join();
  }

  std::shared_future<net::Response> start_http(std::string method, std::string query, std::string body = {},
                                               net::Headers headers = {}, std::string path = "/socket.io/") {
    auto promise = std::make_shared<std::promise<net::Response>>();
    net::Request request{std::move(method), std::move(path), std::move(query), std::move(headers), std::move(body),
                         "127.0.0.1",       "test"};
    loop.post([this, request, promise]() mutable {
      server->request(std::move(request),
                      net::Responder([promise](net::Response r) { promise->set_value(std::move(r)); }));
    });
    return promise->get_future().share();
  }
  // "200 body"
  static std::string text(const std::shared_future<net::Response>& response) {
    if (response.wait_for(test_patience) != std::future_status::ready) return "no answer";
    return std::to_string(response.get().status) + " " + std::get<std::string>(response.get().body);
  }
  std::string http(std::string method, std::string query, std::string body = {}) {
    return text(start_http(std::move(method), std::move(query), std::move(body)));
  }

  const LookAgain look_again;
  std::atomic<bool> signed_in = true;  // whether the login of the good cookie has not ended
  decltype(ServerDependencies::ice_servers) ice_servers = [this](std::string_view who, base::WallTime) {
    return has_relay ? std::vector<wire::IceServer>{{{"turn:relay"}, "1:" + std::string(who), "secret"}}
                     : std::vector<wire::IceServer>{};
  };
  bool has_relay = false;  // on the loop
  base::NullLog log;
  base::SeededRng rng{7};
  net::Loop loop;
  net::BlockingPool pool{{1, 16}};
  studio::TestMediaGateway media;
  std::vector<std::string> presence;  // "+p1", "-p1"; on the loop
  std::unique_ptr<Server> server;

  // Tokens are "<participant>@<session>", with "viewer:" before it for somebody who may not produce and "waiting:" for
  // somebody in the lobby; the one good cookie is "good".
  static base::Result<Identity> identify(const Credentials& who) {
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
      if (waiting)
        identity.participant->barred = base::Error{{base::ErrorKind::forbidden, "studio.waiting"}, "wait", {}};
    } else if (who.cookie == "good") {
      identity.user_id = "user";
    }
    if (who.cookie == "good") identity.login = {"login", "user"};
    return identity;
  }

 private:
  ServerDependencies dependencies(bus::Bus* bus) {
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
    return {loop, pool, media, rng, log, std::move(doorman), ice_servers, bus};
  }
  std::thread thread_;
};

// A client over one WebSocket.
class TestPerson {
 public:
  explicit TestPerson(TestRig& rig, std::string query = "EIO=4&transport=websocket", net::Headers headers = {},
                      std::string path = "/socket.io/")
      : rig_(rig) {
    const net::Request request{"GET", std::move(path), std::move(query), std::move(headers), {}, "127.0.0.1", "test"};
    handler_ = rig_.on_loop([&] { return rig_.server->web_socket(request); });
    if (handler_) rig_.on_loop([&] { handler_->opened(socket); });
  }
  ~TestPerson() { hang_up(); }
  TestPerson(const TestPerson&) = delete;

  bool accepted() const { return handler_.has_value(); }
  std::string next() { return socket->next(); }
  void send(std::string text) {
    rig_.on_loop([&] { handler_->message(std::move(text), false); });
  }
  void send_binary(std::string bytes) {
    rig_.on_loop([&] { handler_->message(std::move(bytes), true); });
  }
  std::string ask(std::string text) {
    send(std::move(text));
    return next();
  }
  void hang_up() {
    if (!handler_) return;
    rig_.on_loop([&] { handler_->closed(); });
    handler_.reset();
  }
  // Past the open packet and CONNECT's answer.
  void connect(std::string_view auth = "") {
    EXPECT_TRUE(next().starts_with("0{"));
    EXPECT_THAT(ask("40" + std::string(auth)), testing::StartsWith("40{\"sid\":"));
  }
  // An event with acknowledgement; its answer without the packet's head: "[...]".
  std::string call(const std::string& event, const std::string& request = "{}") {
    const auto id = std::to_string(++calls_);
    const auto answer = ask("42" + id + "[\"" + event + "\"," + request + "]");
    const auto head = "43" + id;
    return answer.starts_with(head) ? answer.substr(head.size()) : "not an acknowledgement: " + answer;
  }

  const std::shared_ptr<TestSocket> socket = std::make_shared<TestSocket>();

 private:
  TestRig& rig_;
  std::optional<net::WebSocketHandler> handler_;
  int calls_ = 0;
};

}  // namespace greenroom::api::realtime
