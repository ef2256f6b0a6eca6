#include "net/web_socket_client.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <deque>

#include "net/detail/channel.hpp"
#include "net/detail/loop_impl.hpp"

namespace greenroom::net {

namespace beast = boost::beast;

namespace {
constexpr std::size_t write_buffer = 1024;  // calls are short, and there are thousands of connections
}  // namespace

// Held by the operations under way, so that it lives until the last of them is done.
struct WebSocketClient::State : std::enable_shared_from_this<State> {
  State(Loop& loop, Handlers given) : stream(Socket(loop.impl().io)), handlers(std::move(given)) {}

  void connect(const base::Address& server);
  void shake_hands();
  void read();
  void write();
  void goodbye();
  void end(const std::string& reason);

  beast::websocket::stream<Channel, false> stream;  // without permessage-deflate, as the server
  Handlers handlers;
  std::string host, target;
  beast::flat_buffer incoming;
  std::deque<std::string> outgoing;
  bool is_open = false, writing = false, closing = false, ended = false;
};

void WebSocketClient::State::connect(const base::Address& server) {
  stream.next_layer().socket().async_connect(to_endpoint(server), [self = shared_from_this()](Error error) {
    if (error) return self->end(error.message());
    self->stream.next_layer().socket().set_option(Tcp::no_delay(true), error);
    self->shake_hands();
  });
}

void WebSocketClient::State::shake_hands() {
  stream.read_message_max(web_socket_client_message_max);
  stream.write_buffer_bytes(write_buffer);
  stream.async_handshake(host, target, [self = shared_from_this()](Error error) {
    if (error) return self->end(error.message());
    self->is_open = true;
    if (self->handlers.opened) self->handlers.opened();
    self->read();
    self->write();
  });
}

void WebSocketClient::State::read() {
  stream.async_read(incoming, [self = shared_from_this()](Error error, std::size_t) {
    if (error) return self->end(error.message());
    const auto data = self->incoming.data();
    if (self->handlers.text) self->handlers.text({static_cast<const char*>(data.data()), data.size()});
    self->incoming.clear();
    self->read();
  });
}

void WebSocketClient::State::write() {
  if (!is_open || writing || ended) return;
  if (outgoing.empty()) return closing ? goodbye() : void();
  writing = true;
  stream.async_write(asio::buffer(outgoing.front()), [self = shared_from_this()](Error error, std::size_t) {
    self->writing = false;
    if (error) return self->end(error.message());
    self->outgoing.pop_front();
    self->write();
  });
}

void WebSocketClient::State::goodbye() {
  is_open = false;
  stream.async_close(beast::websocket::close_code::normal, [self = shared_from_this()](Error) { self->end("closed"); });
}

void WebSocketClient::State::end(const std::string& reason) {
  if (ended) return;
  ended = true, is_open = false;
  Error ignored;
  stream.next_layer().socket().close(ignored);
  if (handlers.closed) handlers.closed(reason);
}

WebSocketClient::WebSocketClient(Loop& loop, Handlers handlers)
    : state_(std::make_shared<State>(loop, std::move(handlers))) {}

WebSocketClient::~WebSocketClient() {
  state_->handlers = {};
  state_->end("dropped");
}

void WebSocketClient::open(const base::Address& server, std::string host, std::string target) {
  state_->host = std::move(host);
  state_->target = std::move(target);
  state_->connect(server);
}

void WebSocketClient::send(std::string text) {
  if (state_->ended || state_->closing) return;
  state_->outgoing.push_back(std::move(text));
  state_->write();
}

void WebSocketClient::close() {
  state_->closing = true;
  state_->write();
}

void WebSocketClient::drop() {
  const auto held = state_;
  held->end("dropped");
}

}  // namespace greenroom::net
