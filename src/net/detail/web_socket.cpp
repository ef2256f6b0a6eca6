// WebSocket (RFC 6455) over Beast: the only file that compiles it.
#include <atomic>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>

#include "net/detail/connection.hpp"
#include "net/detail/web_socket_output.hpp"

namespace greenroom::net {

namespace {

namespace ws = boost::beast::websocket;

constexpr std::uint16_t going_away = 1001;  // RFC 6455 §7.4.1
constexpr std::uint16_t internal_error = 1011;
constexpr std::uint16_t try_again_later = 1013;  // the IANA registry: here, a peer that reads too slowly
constexpr std::size_t idle_buffer = 2048;  // bytes that a socket keeps between messages; Beast reads 1,536 at a time
constexpr auto close_patience = std::chrono::seconds(5);  // for the peer's half of the closing handshake

// What Beast writes goes into one row with what we write. It says when Beast begins to tear the connection down: Beast
// then waits for the peer's end without any deadline of its own.
struct WatchedChannel : Channel {
  explicit WatchedChannel(Channel inner) : Channel(std::move(inner)) {}

  template <class Buffers, class Handler>
  auto async_write_some(const Buffers& buffers, Handler&& handler) {
    const auto initiate = [this](auto call, std::string bytes) {
      const auto size = bytes.size();
      output.add_bytes(std::move(bytes), waiter([call = std::move(call), size](Error error, std::size_t) mutable {
                         std::move(call)(error, error ? 0 : size);
                       }));
      on_output();
    };
    return asio::async_initiate<Handler, void(Error, std::size_t)>(initiate, handler,
                                                                   boost::beast::buffers_to_string(buffers));
  }

  WebSocketOutput output;
  std::function<void()> on_output;
  std::function<void()> on_teardown;
};

template <class Handler>
void async_teardown(boost::beast::role_type role, WatchedChannel& channel, Handler&& handler) {
  channel.on_teardown();
  async_teardown(role, static_cast<Channel&>(channel), std::forward<Handler>(handler));
}

struct Outgoing {
  std::string bytes;
  bool binary;
};

class WebSocketConnection final : public OpenConnection, public std::enable_shared_from_this<WebSocketConnection> {
 public:
  WebSocketConnection(std::shared_ptr<ServerCore> core, Channel channel, Peer peer, WebSocketHandler handler)
      : core_(std::move(core)),
        peer_(std::move(peer)),
        stream_(std::move(channel)),
        message_limit_(handler.message_limit ? handler.message_limit : core_->options.web_socket_message_limit),
        queue_bytes_(handler.queue_bytes ? handler.queue_bytes : core_->options.web_socket_queue_bytes),
        handler_(std::make_shared<WebSocketHandler>(std::move(handler))),
        write_deadline_(core_->io.get_executor()),
        close_deadline_(core_->io.get_executor()) {}
  ~WebSocketConnection() override { leave(); }

  void start(std::string received);
  void send(Outgoing message);
  void close(std::uint16_t code, std::string_view reason);
  void finish_soon() override { close(going_away, "the server is stopping"); }
  void cut() override;

 private:
  auto self() { return shared_from_this(); }
  void configure();
  void opened();
  void read_next();
  void arrived(Error error);
  bool admit(std::size_t size);
  void overflow();
  void write_soon();
  void write_next();
  void written(Error error);
  WebSocketOutput& output() { return stream_.next_layer().output; }
  void watch_write();
  void begin_close();
  void closing();
  void cut_after(base::Duration patience);
  void ended();
  void leave();
  template <class F>
  void guarded(F call);

  std::shared_ptr<ServerCore> core_;
  Peer peer_;
  // Without permessage-deflate: 300 kB a socket, and half the compile time.
  ws::stream<WatchedChannel, false> stream_;
  const std::size_t message_limit_, queue_bytes_;
  std::shared_ptr<WebSocketHandler> handler_;  // gone once closed() has been called
  std::string received_;
  boost::beast::flat_buffer buffer_;

  // What is on its way to the queue or in it; any thread adds, the loop takes away.
  std::atomic<std::size_t> pending_messages_{0};
  std::atomic<std::size_t> pending_bytes_{0};
  std::atomic<bool> refusing_{false};

  bool open_ = false;
  bool left_ = false;
  bool going_to_write_ = false;
  bool watching_ = false;
  bool close_begun_ = false;
  std::uint64_t writes_ = 0;
  std::optional<ws::close_reason> close_with_;
  SteadyTimer write_deadline_;
  SteadyTimer close_deadline_;
};

// What the owner holds, perhaps longer than the connection or even the loop: its pending reads own the connection.
class WebSocketHandle final : public WebSocket {
 public:
  explicit WebSocketHandle(std::weak_ptr<WebSocketConnection> connection) : connection_(std::move(connection)) {}
  void send_text(std::string message) override { send({std::move(message), false}); }
  void send_binary(std::string message) override { send({std::move(message), true}); }
  void close(std::uint16_t code, std::string_view reason) override {
    if (auto alive = connection_.lock()) alive->close(code, reason);
  }

 private:
  void send(Outgoing message) {
    if (auto alive = connection_.lock()) alive->send(std::move(message));
  }
  std::weak_ptr<WebSocketConnection> connection_;
};

void WebSocketConnection::configure() {
  ws::stream_base::timeout timeout{};
  timeout.handshake_timeout = core_->options.head_timeout;
  timeout.idle_timeout = ws::stream_base::none();  // Engine.IO has its own heartbeat; TCP keep-alive finds the dead
  timeout.keep_alive_pings = false;
  stream_.set_option(timeout);
  stream_.read_message_max(message_limit_);
  stream_.next_layer().on_teardown = [this] { closing(); };
  stream_.next_layer().on_output = [this] { write_soon(); };
}

void WebSocketConnection::start(std::string received) {
  received_ = std::move(received);
  configure();
  stream_.async_accept(asio::buffer(received_), [me = self()](Error error) {
    if (!error) me->opened();
  });
}

void WebSocketConnection::opened() {
  received_ = {};
  if (core_->dead || !handler_) return cut();
  open_ = true;
  ++core_->counters.web_sockets;
  const auto handler = handler_;
  guarded([&] {
    if (handler->opened) handler->opened(std::make_shared<WebSocketHandle>(self()));
  });
  if (core_->closing) finish_soon();
  read_next();
}

void WebSocketConnection::read_next() {
  stream_.async_read(buffer_, [me = self()](Error error, std::size_t) { me->arrived(error); });
}

void WebSocketConnection::arrived(Error error) {
  if (error) return cut();
  const auto data = buffer_.cdata();
  std::string message(static_cast<const char*>(data.data()), data.size());
  core_->counters.bytes_in += message.size();
  buffer_.consume(data.size());
  if (buffer_.capacity() > idle_buffer) buffer_.shrink_to_fit();
  const auto handler = handler_;
  guarded([&] {
    if (handler && handler->message && !close_with_) handler->message(std::move(message), stream_.got_binary());
  });
  read_next();
}

// Handlers throw nothing by contract. One that does costs its own socket.
template <class F>
void WebSocketConnection::guarded(F call) {
  try {
    call();
  } catch (const std::exception& error) {
    core_->log.error("http.exception", {{"what", error.what()}, {"remote", peer_.remote}});
    close(internal_error, "internal error");
  }
}

// From any thread. The counts are taken here, before the message travels to the loop, so that the bound holds even when
// the loop is busy.
void WebSocketConnection::send(Outgoing message) {
  if (!admit(message.bytes.size())) return;
  asio::dispatch(core_->io, [me = self(), message = std::move(message)]() mutable {
    if (!me->open_ || me->close_begun_ || !me->stream_.is_open()) return;  // nothing may follow a close frame
    me->output().add_message(std::move(message.bytes), message.binary);
    me->write_soon();
  });
}

bool WebSocketConnection::admit(std::size_t size) {
  if (refusing_) return false;
  const auto messages = pending_messages_.fetch_add(1) + 1;
  const auto bytes = pending_bytes_.fetch_add(size) + size;
  if (messages <= core_->options.web_socket_queue_messages && bytes <= queue_bytes_) return true;
  if (!refusing_.exchange(true)) asio::dispatch(core_->io, [me = self()] { me->overflow(); });
  return false;
}

// What is being written stays; the rest of the messages go.
void WebSocketConnection::overflow() {
  core_->log.info("http.web_socket_overflow", {{"remote", peer_.remote}});
  output().drop_messages();
  close(try_again_later, "too slow");
}

// At the end of this turn of the loop, so that what else is said in it goes along.
void WebSocketConnection::write_soon() {
  if (std::exchange(going_to_write_, true)) return;
  asio::post(core_->io, [me = self()] {
    me->going_to_write_ = false;
    me->write_next();
  });
}

void WebSocketConnection::write_next() {
  if (output().in_flight()) return;
  if (output().empty()) {
    if (close_with_ && open_ && !close_begun_) begin_close();
    return;
  }
  ++writes_;
  if (!watching_) watch_write();
  auto& chunk = output().begin();
  asio::async_write(static_cast<Channel&>(stream_.next_layer()), asio::buffer(chunk.bytes),
                    [me = self(), waiter = std::move(chunk.waiter)](Error error, std::size_t bytes) {
                      me->written(error);
                      if (waiter) waiter->done(error, bytes);
                    });
}

void WebSocketConnection::written(Error error) {
  const auto chunk = output().end();
  pending_messages_ -= chunk.messages;
  pending_bytes_ -= chunk.payload;
  if (error) return cut();
  core_->counters.bytes_out += chunk.payload;
  write_next();
}

// One timer for all writes: when it ends and the same write is still going on, the peer does not read.
void WebSocketConnection::watch_write() {
  watching_ = true;
  write_deadline_.expires_after(core_->options.write_timeout);
  write_deadline_.async_wait([weak = weak_from_this(), write = writes_](Error error) {
    const auto me = weak.lock();
    if (!me) return;
    me->watching_ = false;
    if (error || !me->output().in_flight()) return;
    if (me->writes_ != write) return me->watch_write();
    ++me->core_->counters.timed_out;
    me->cut();
  });
}

void WebSocketConnection::close(std::uint16_t code, std::string_view reason) {
  refusing_ = true;
  ws::close_reason with(ws::close_code(code),
                        boost::beast::string_view(reason.data(), std::min<std::size_t>(reason.size(), 120)));
  asio::dispatch(core_->io, [me = self(), with] {
    if (me->close_with_) return;
    me->close_with_ = with;
    me->cut_after(close_patience);
    me->write_soon();
  });
}

void WebSocketConnection::begin_close() {
  close_begun_ = true;
  stream_.async_close(*close_with_, [me = self()](Error) { me->cut(); });
}

void WebSocketConnection::cut() {
  Error ignored;
  stream_.next_layer().socket().close(ignored);
  auto waiters = output().abandon();
  if (!waiters.empty()) {
    asio::post(core_->io, [waiters = std::move(waiters)] {
      for (const auto& waiter : waiters) waiter->done(asio::error::operation_aborted, 0);
    });
  }
  ended();
}

// The closing handshake is over, or the peer broke the protocol: nothing more will be said. The peer gets a moment to
// read our last frame before the socket goes.
void WebSocketConnection::closing() {
  cut_after(core_->options.linger);
  asio::post(core_->io, [me = self()] { me->ended(); });
}

void WebSocketConnection::cut_after(base::Duration patience) {
  close_deadline_.expires_after(patience);
  close_deadline_.async_wait([weak = weak_from_this()](Error error) {
    const auto me = weak.lock();
    if (!error && me) me->cut();
  });
}

// Said once, however many ways lead here.
void WebSocketConnection::ended() {
  refusing_ = true;
  const auto handler = std::exchange(handler_, nullptr);
  leave();
  if (!open_ || !handler) return;
  open_ = false;
  --core_->counters.web_sockets;
  guarded([&] {
    if (handler->closed) handler->closed();
  });
}

// The server counts connections, not the handles that its owner may still hold.
void WebSocketConnection::leave() {
  if (!std::exchange(left_, true)) core_->forget(peer_.id);
}

}  // namespace

void start_web_socket(std::shared_ptr<ServerCore> core, Channel channel, Peer peer, std::string received,
                      WebSocketHandler handler) {
  const auto id = peer.id;
  auto connection =
      std::make_shared<WebSocketConnection>(core, std::move(channel), std::move(peer), std::move(handler));
  core->hold(id, connection);
  connection->start(std::move(received));
}

}  // namespace greenroom::net
