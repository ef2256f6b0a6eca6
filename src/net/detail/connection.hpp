// How the acceptor hands sockets to connections and how an HTTP connection hands over to a WebSocket. One .cpp each, so
// that the templates behind them are compiled once.
#pragma once
#include <boost/asio/as_tuple.hpp>
#include <memory>
#include <string>

#include "net/detail/server_core.hpp"

namespace greenroom::net {

inline constexpr auto awaited = asio::as_tuple(asio::use_awaitable_t<Executor>{});

struct Peer {
  ServerCore::ConnectionId id;
  std::string remote;
};

// Over TLS where the server has a certificate.
void start_http_connection(std::shared_ptr<ServerCore> core, Socket socket, Peer peer);

// `received` is the upgrade request's head and whatever came after it.
void start_web_socket(std::shared_ptr<ServerCore> core, Channel channel, Peer peer, std::string received,
                      WebSocketHandler handler);

}  // namespace greenroom::net
