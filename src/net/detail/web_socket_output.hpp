// What one WebSocket sends, as bytes in order: our messages, framed here (RFC 6455 §5.2; a server does not mask), and
// what Beast writes by itself, which is the handshake's answer, pongs and the close frame. What is said within one turn
// of the loop goes to the kernel in one piece, since a system call costs more than a small frame. Owned by its
// connection, which does the writing, on the loop. Bounded by the connection's counts of messages and bytes.
// Invariant: a chunk holds whole frames; the first one is on its way while `in_flight`.
#pragma once
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "net/detail/channel.hpp"

namespace greenroom::net {

class WebSocketOutput {
 public:
  static constexpr std::size_t chunk_size = 64 * 1024;  // a longer message is a chunk by itself

  struct Chunk {
    std::string bytes;
    std::size_t messages = 0;
    std::size_t payload = 0;         // bytes of those messages
    std::unique_ptr<Waiter> waiter;  // Beast's bytes are a chunk of their own
  };

  void add_message(std::string payload, bool binary) {
    const auto size = payload.size();
    auto& chunk = chunk_for(size);
    ++chunk.messages;
    chunk.payload += size;
    if (chunk.bytes.empty() && size >= chunk_size) {
      payload.insert(0, head(size, binary));
      chunk.bytes = std::move(payload);
    } else {
      chunk.bytes.append(head(size, binary)).append(payload);
    }
  }
  void add_bytes(std::string bytes, std::unique_ptr<Waiter> waiter) {
    chunks_.push_back({std::move(bytes), 0, 0, std::move(waiter)});
  }

  bool empty() const { return chunks_.empty(); }
  bool in_flight() const { return in_flight_; }
  // The first chunk, whose bytes stay where they are until end(); its waiter goes with the writing.
  Chunk& begin() {
    in_flight_ = true;
    return chunks_.front();
  }
  Chunk end() {
    in_flight_ = false;
    auto chunk = std::move(chunks_.front());
    chunks_.pop_front();
    return chunk;
  }
  // Nothing more will be written: those who wait for what is not on its way yet.
  std::vector<std::unique_ptr<Waiter>> abandon() {
    std::vector<std::unique_ptr<Waiter>> left;
    while (chunks_.size() > (in_flight_ ? 1U : 0U)) {
      if (chunks_.back().waiter) left.push_back(std::move(chunks_.back().waiter));
      chunks_.pop_back();
    }
    return left;
  }
  // The messages that are not on their way yet.
  void drop_messages() {
    std::erase_if(chunks_, [this](const Chunk& c) { return !c.waiter && !(in_flight_ && &c == &chunks_.front()); });
  }

 private:
  Chunk& chunk_for(std::size_t size) {
    const bool fits = chunks_.size() > (in_flight_ ? 1U : 0U) && !chunks_.back().waiter &&
                      chunks_.back().bytes.size() + size < chunk_size;
    return fits ? chunks_.back() : chunks_.emplace_back();
  }
  static std::string head(std::size_t size, bool binary) {
    std::string out(1, char(0x80 | (binary ? 2 : 1)));
    const int bytes = size < 126 ? 0 : size < 65536 ? 2 : 8;
    out += char(bytes == 0 ? size : bytes == 2 ? 126 : 127);
    for (int i = bytes - 1; i >= 0; --i) out += char(std::uint64_t(size) >> (8 * i));
    return out;
  }

  std::deque<Chunk> chunks_;
  bool in_flight_ = false;
};

}  // namespace greenroom::net
