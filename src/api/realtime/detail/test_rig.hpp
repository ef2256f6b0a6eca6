// For this folder's tests: a realtime server on a loop of its own, without a network. HTTP requests and WebSockets are
// handed to it as net would; every wait has a deadline.
#pragma once
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <mutex>
#include <thread>
#include <type_traits>

#include "api/realtime/server.hpp"
#include "studio/test_media_gateway.hpp"

namespace greenroom::api::realtime {

inline constexpr auto test_patience = std::chrono::seconds(10);

ServerOptions open_rooms();

// The text of a field of an answer, wherever it stands.
std::string field(const std::string& json, const std::string& name);

std::string join_request(const std::string& room, const std::string& user);

// The client's end of a WebSocket: keeps what the server sends.
class TestSocket final : public net::WebSocket {
 public:
  void send_text(std::string message) override { put(std::move(message)); }
  void send_binary(std::string message) override { put("binary:" + message); }
  void close(std::uint16_t, std::string_view) override { put("closed"); }

  std::string next();

 private:
  void put(std::string message);

  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<std::string> messages_;
};

class TestRig {
 public:
  using LookAgain = decltype(Doorman::look_again);

  explicit TestRig(ServerOptions options = {}, bus::Bus* bus = nullptr, LookAgain ask = {});
  ~TestRig();
  TestRig(const TestRig&) = delete;

  template <class F>
  auto on_loop(F f) {
    if constexpr (std::is_void_v<decltype(f())>) {
      run_on_loop([&] { f(); });
    } else {
      std::optional<decltype(f())> result;
      run_on_loop([&] { result.emplace(f()); });
      return std::move(*result);
    }
  }

  std::shared_future<net::Response> start_http(std::string method, std::string query, std::string body = {},
                                               net::Headers headers = {}, std::string path = "/socket.io/");
  // "200 body"
  static std::string text(const std::shared_future<net::Response>& response);
  std::string http(std::string method, std::string query, std::string body = {});

  const LookAgain look_again;
  std::atomic<bool> signed_in = true;  // whether the login of the good cookie has not ended
  decltype(ServerDependencies::ice_servers) ice_servers = [this](std::string_view who, base::WallTime) {
    return has_relay ? std::vector<wire::IceServer>{{{"turn:relay"}, "1:" + std::string(who), "secret"}}
                     : std::vector<wire::IceServer>{};
  };
  bool has_relay = false;  // on the loop
  std::atomic<double> busy = 0;
  base::NullLog log;
  base::SeededRng rng{7};
  net::Loop loop;
  net::BlockingPool pool{{1, 16}};
  studio::TestMediaGateway media;
  std::vector<std::string> presence;  // "+p1", "-p1"; on the loop
  std::unique_ptr<Server> server;

  // Tokens are "<participant>@<session>", with "viewer:" before it for somebody who may not produce and "waiting:" for
  // somebody in the lobby; the one good cookie is "good".
  static base::Result<Identity> identify(const Credentials& who);

 private:
  void run_on_loop(const std::function<void()>& task);
  ServerDependencies dependencies(bus::Bus* bus);

  std::thread thread_;
};

// A client over one WebSocket.
class TestPerson {
 public:
  explicit TestPerson(TestRig& rig, std::string query = "EIO=4&transport=websocket", net::Headers headers = {},
                      std::string path = "/socket.io/");
  ~TestPerson() { hang_up(); }
  TestPerson(const TestPerson&) = delete;

  bool accepted() const { return handler_.has_value(); }
  std::string next() { return socket->next(); }
  void send(std::string text);
  void send_binary(std::string bytes);
  std::string ask(std::string text);
  void hang_up();
  // Past the open packet and CONNECT's answer.
  void connect(std::string_view auth = "");
  // An event with acknowledgement; its answer without the packet's head: "[...]".
  std::string call(const std::string& event, const std::string& request = "{}");

  const std::shared_ptr<TestSocket> socket = std::make_shared<TestSocket>();

 private:
  TestRig& rig_;
  std::optional<net::WebSocketHandler> handler_;
  int calls_ = 0;
};

}  // namespace greenroom::api::realtime
