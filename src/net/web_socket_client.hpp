// A WebSocket that we open to a server (RFC 6455 §4.1), without TLS: for the load generator, whose thousands of them
// share one Loop. Texts only. Owned by whoever talks through it, on the Loop's thread; after its destructor no handler
// is called any more. A connection that failed or ended says so once, by closed().
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/address.hpp"
#include "net/loop.hpp"

namespace greenroom::net {

inline constexpr std::size_t web_socket_client_message_max = 16 << 20;  // bytes of one message from the server

class WebSocketClient {
 public:
  struct Handlers {
    std::function<void()> opened;
    std::function<void(std::string_view)> text;
    std::function<void(std::string reason)> closed;
  };
  WebSocketClient(Loop& loop, Handlers handlers);
  ~WebSocketClient();
  WebSocketClient(const WebSocketClient&) = delete;
  WebSocketClient& operator=(const WebSocketClient&) = delete;

  void open(const base::Address& server, std::string host, std::string target);
  void send(std::string text);  // in order; before opened() it waits
  void close();                 // says goodbye; closed() follows
  void drop();                  // says nothing; closed() is called at once

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace greenroom::net
