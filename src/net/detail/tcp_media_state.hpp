// What is inside a TcpMedia: the connections and their accounts.
#pragma once
#include <list>
#include <unordered_map>
#include <vector>

#include "net/detail/udp_address.hpp"
#include "net/tcp_media.hpp"
#include "wire/rfc4571.hpp"

struct epoll_event;

namespace greenroom::net {

struct TcpMedia::State {
  struct Connection {
    int fd = -1;
    base::Address from;
    base::Instant opened, heard;
    wire::FrameReader reader;
    base::Bytes out;
    std::size_t written = 0;  // of out
    bool proven = false, dirty = false, waits_to_write = false, dead = false;
    std::list<Connection*>::iterator place{};  // in unproven
  };

  State(int listener, int epoll, TcpMediaOptions options);
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State();

  void drain(base::Instant now, const Datagram& datagram, const Closed& closed);
  void send(const base::Address& to, base::ByteView datagram);
  void flush();

  void accept_some(base::Instant now, const Closed& closed);
  bool has_room_for(const base::Address& from) const;
  void add(int fd, const base::Address& from, base::Instant now, const Closed& closed);
  void serve(Connection& connection, const epoll_event& event, base::Instant now, const Datagram& datagram,
             const Closed& closed);
  bool read(Connection& connection, base::Instant now, const Datagram& datagram);
  void write(Connection& connection);
  void await_writing(Connection& connection, bool wait);
  void prove(Connection& connection);
  void cut_overdue(base::Instant now, const Closed& closed);
  void close(Connection& connection, const Closed& closed);
  void refuse_for_want_of_files();

  const int listener, epoll;
  int spare;  // a file descriptor to give up when there are no others, so that the queue of the listener still moves
  const TcpMediaOptions options;
  base::Address local;
  TcpMediaStats stats;
  std::unordered_map<base::Address, std::unique_ptr<Connection>> connections;
  std::unordered_map<base::Address, std::size_t> of_address;  // by network_of
  std::list<Connection*> unproven;                            // oldest first
  std::vector<base::Address> dirty;
  std::vector<std::unique_ptr<Connection>> closed_now;  // until the batch of events that may name them is over
  base::Bytes buffer;
  base::Instant next_look{};
};

}  // namespace greenroom::net
