// The real HTTP server with the realtime server behind it, driven by npm's socket.io-client
// (tests/interop/socketio.mjs).
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "api/realtime/detail/test_rig.hpp"
#include "net/server.hpp"

namespace greenroom::api::realtime {
namespace {

class NetworkRig : public TestRig {
 public:
  explicit NetworkRig(ServerOptions options) : TestRig(std::move(options)) {
    http_ = std::make_unique<net::HttpServer>(
        loop, pool, net::ServerOptions{},
        net::HttpHandler{[this](net::Request request, net::Responder respond) {
                           server->request(std::move(request), std::move(respond));
                         },
                         [](const net::Request&) { return nullptr; },
                         [this](const net::Request& request) { return server->web_socket(request); }},
        log);
    port_ = on_loop([this] { return http_->listen(base::Address::v4(127, 0, 0, 1, 0)); }).value();
  }
  ~NetworkRig() {
    on_loop([this] { http_.reset(); });
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

 private:
  std::unique_ptr<net::HttpServer> http_;
  std::uint16_t port_ = 0;
};

TEST(RealtimeInterop, SocketIoClientFromNpm) {
  const std::filesystem::path source = GREENROOM_SOURCE_DIR;
  if (!std::filesystem::exists(source / "web/node_modules/socket.io-client"))
    GTEST_SKIP() << "npm packages are missing";
  if (std::system("node --version >/dev/null 2>&1") != 0) GTEST_SKIP() << "node is missing";
  ServerOptions signaling;
  signaling.open_rooms = true;
  NetworkRig echo(conformance_options()), rooms(signaling);
  const auto command = "node '" + (source / "tests/interop/socketio.mjs").string() + "' '" + (source / "web").string() +
                       "' " + echo.url() + " " + rooms.url();
  EXPECT_EQ(std::system(command.c_str()), 0);
}

}  // namespace
}  // namespace greenroom::api::realtime
