// What the connections of one HttpServer share. Lives on the loop's thread, counters aside; connections hold it by
// shared_ptr, so it outlives the server's handle until the last of them is gone.
#pragma once
#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <map>
#include <mutex>
#include <unordered_map>

#include "net/clock.hpp"
#include "net/detail/channel.hpp"
#include "net/detail/large_pieces.hpp"
#include "net/detail/loop_impl.hpp"
#include "net/server.hpp"

namespace greenroom::net {

template <class T>
using Task = asio::awaitable<T, Executor>;
using SteadyTimer =
    asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Executor>;

inline constexpr std::size_t packed_static_limit = 32 * 1024 * 1024;

// A connection as its server sees it.
class OpenConnection {
 public:
  virtual ~OpenConnection() = default;
  virtual void finish_soon() = 0;  // end as soon as what is running is answered
  virtual void cut() = 0;          // end now
};

struct HttpServer::Core : std::enable_shared_from_this<HttpServer::Core> {
  Core(Loop& on, BlockingPool& blocking, ServerOptions with, HttpHandler to, base::LogSink& lines);

  using ConnectionId = std::uint64_t;
  void hold(ConnectionId id, std::weak_ptr<OpenConnection> connection);
  void forget(ConnectionId id);
  // Counts the connection for its address until it is forgotten; false: that address has enough.
  bool count_in(ConnectionId id, const std::string& remote);
  void close(base::Duration deadline, std::function<void()> closed);
  void cut_all();
  // Runs what a pool's thread has finished on the loop; called there, at once. What several bring while the loop is
  // busy costs it one turn.
  void bring(std::function<void()> finished);
  std::string make_request_id();
  std::string_view date();

  Loop& loop;
  asio::io_context& io;
  BlockingPool& pool;
  const ServerOptions options;
  HttpHandler handler;
  base::LogSink& log;
  base::LogLimit malformed_lines;

  std::vector<std::shared_ptr<asio::basic_socket_acceptor<Tcp, Executor>>> acceptors;
  std::unordered_map<ConnectionId, std::weak_ptr<OpenConnection>> open;  // at most options.connection_limit
  std::unordered_map<ConnectionId, std::string> address_of;              // of those that are counted
  std::unordered_map<std::string, std::size_t> per_address;              // never 0
  ConnectionId last_id = 0;
  LargePieces large_pieces;
  bool draining = false;
  bool closing = false;
  bool dead = false;  // the HttpServer is gone: its handler may not be called any more
  std::function<void()> on_closed;
  Timer deadline_timer;

  // Static text, compressed when it is first asked for; keyed by where it stands in the program. An entry
  // never changes, since answers are sent from it.
  std::map<std::pair<const std::uint8_t*, std::size_t>, std::string> packed_static;
  std::size_t packed_static_bytes = 0;  // at most packed_static_limit; what comes later goes as it is

  // One per request at most. The turn that will run them owns them: they hold connections, which hold this, and a loop
  // that is stopped before that turn lets them go.
  using Brought = std::vector<std::function<void()>>;
  std::mutex brought_lock;
  std::weak_ptr<Brought> brought;

  std::uint64_t request_prefix;
  std::uint64_t request_count = 0;
  std::int64_t date_second = -1;
  std::string date_text;

  struct Counters {
    std::atomic<std::uint64_t> connections{0}, web_sockets{0}, accepted{0}, refused{0}, requests{0}, malformed{0},
        timed_out{0}, bytes_in{0}, bytes_out{0};
  } counters;
};

using ServerCore = HttpServer::Core;

}  // namespace greenroom::net
