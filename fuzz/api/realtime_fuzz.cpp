// The whole realtime server under a few clients whose every byte comes from the input, over both transports, with the
// signaling events (recovery on) or the conformance echoes behind it. No answer twice, no frame after a close, offsets
// of events rise on every socket until it connects anew, and no more sessions than were opened.
#include <array>
#include <memory>

#include "api/realtime/server.hpp"
#include "base/assert.hpp"
#include "base/bytes.hpp"
#include "studio/test_media_gateway.hpp"

using namespace greenroom;
using namespace greenroom::api::realtime;

namespace {

constexpr std::size_t clients_max = 4;

// Reads what one client is sent, as far as its order is concerned.
class Listener {
 public:
  void packet(std::string_view text) {
    if (text.starts_with("40{\"sid\":\"")) {
      last_offset_ = 0;
      if (const auto at = text.find(R"("pid":")"); at != text.npos) pid = text.substr(at + 7, 20);
    }
    if (!text.starts_with("42[") || pid.empty()) return;
    const auto quote = text.rfind('"', text.size() - 3);
    if (!text.ends_with("\"]") || quote == text.npos) return;
    const auto offset = std::strtoull(text.data() + quote + 1, nullptr, 10);
    GREENROOM_ASSERT(offset > last_offset_);
    last_offset_ = offset;
  }
  std::string pid;

 private:
  std::uint64_t last_offset_ = 0;
};

class Socket final : public net::WebSocket {
 public:
  explicit Socket(std::shared_ptr<Listener> listener) : listener_(std::move(listener)) {}
  void send_text(std::string message) override {
    GREENROOM_ASSERT(!closed);
    listener_->packet(message);
  }
  void send_binary(std::string) override { GREENROOM_ASSERT(!closed); }
  void close(std::uint16_t, std::string_view) override {
    GREENROOM_ASSERT(!closed);
    closed = true;
  }
  bool closed = false;

 private:
  std::shared_ptr<Listener> listener_;
};

struct Client {
  std::string sid;
  std::optional<net::WebSocketHandler> handler;
  std::shared_ptr<Socket> socket;
  std::shared_ptr<Listener> polls = std::make_shared<Listener>();
  std::string pid() const {
    return socket_listener && !socket_listener->pid.empty() ? socket_listener->pid : polls->pid;
  }
  std::shared_ptr<Listener> socket_listener;
};

class Crowd {
 public:
  Crowd(bool conformance, base::ByteReader in) : in_(in), conformance_(conformance) {
    pool_.close();  // who brings a token is told that the server is busy
    auto options = conformance ? conformance_options() : studio_options();
    options.open_rooms = true;
    options.engine.greeting_delay = {};
    server_.emplace(options, ServerDependencies{loop_, pool_, media_, rng_, log_, doorman()});
  }
  void run() {
    while (in_.left() >= 2) {
      auto& client = clients_[in_.u8() % clients_max];
      act(client, in_.u8());
      media_.answer_all();
      GREENROOM_ASSERT(server_->counts().connections <= opened_);
    }
    for (auto& client : clients_) hang_up(client);
    server_->close();
  }

 private:
  static Doorman doorman() {
    return {.identify = [](const Credentials&) { return Identity{}; },
            .may_follow = [](const Identity&, const std::string&) { return base::Status(); },
            .entered = [](const std::string&) {},
            .left = [](const std::string&) {}};
  }
  std::string said() { return std::string(base::as_text(in_.take(std::min<std::size_t>(in_.u8(), in_.left())))); }
  std::string path() const { return conformance_ && opened_ % 2 ? "/engine.io/" : "/socket.io/"; }

  void act(Client& client, std::uint8_t action) {
    switch (action % 9) {
      case 0:
        client.polls = std::make_shared<Listener>();
        return http(client, "GET", "EIO=4&transport=polling", {});
      case 1:
        return http(client, "GET", "EIO=4&transport=polling&sid=" + client.sid, {});
      case 2:
        return http(client, "POST", "EIO=4&transport=polling&sid=" + client.sid, said());
      case 3:
        return open(client, "EIO=4&transport=websocket", std::make_shared<Listener>());
      case 4:
        return open(client, "EIO=4&transport=websocket&sid=" + client.sid, client.polls);
      case 5:
        if (client.handler && !client.socket->closed) client.handler->message(said(), action & 0x80);
        return;
      case 6:
        return hang_up(client);
      case 7:  // comes back, or tries to, as whoever this one was
        if (client.handler && !client.socket->closed)
          client.handler->message("40{\"pid\":\"" + client.pid() + "\",\"offset\":\"" + said() + "\"}", false);
        return;
      case 8:
        return http(client, action & 0x80 ? "OPTIONS" : "GET", said(), {});
    }
  }
  void http(Client& client, std::string method, std::string query, std::string body) {
    ++opened_;
    net::Request request{std::move(method), path(), std::move(query), {}, std::move(body), "127.0.0.1", "fuzz"};
    const auto answered = std::make_shared<bool>(false);
    server_->request(std::move(request),
                     net::Responder([answered, &client, listener = client.polls](const net::Response& response) {
                       GREENROOM_ASSERT(!std::exchange(*answered, true));
                       read(client, *listener, response);
                     }));
  }
  static void read(Client& client, Listener& listener, const net::Response& response) {
    std::string_view body = std::get<std::string>(response.body);
    if (response.status != 200) return;
    if (body.starts_with("0{\"sid\":\"")) client.sid = body.substr(9, 20);
    while (!body.empty()) {
      listener.packet(body.substr(0, body.find('\x1e')));
      body.remove_prefix(std::min(body.find('\x1e'), body.size() - 1) + 1);
    }
  }
  void open(Client& client, std::string query, std::shared_ptr<Listener> listener) {
    hang_up(client);
    ++opened_;
    const net::Request request{"GET", path(), std::move(query), {}, {}, "127.0.0.1", "fuzz"};
    client.handler = server_->web_socket(request);
    if (!client.handler) return;
    client.socket = std::make_shared<Socket>(listener);
    client.socket_listener = std::move(listener);
    client.handler->opened(client.socket);
  }
  void hang_up(Client& client) {
    if (auto handler = std::exchange(client.handler, std::nullopt)) handler->closed();
  }

  base::ByteReader in_;
  const bool conformance_;
  base::NullLog log_;
  base::SeededRng rng_{7};
  net::Loop loop_;
  net::BlockingPool pool_{{1, 1}};
  studio::TestMediaGateway media_;
  std::optional<Server> server_;
  std::array<Client, clients_max> clients_;
  std::size_t opened_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  Crowd(data[0] & 1, base::ByteReader({data + 1, size - 1})).run();
  return 0;
}
