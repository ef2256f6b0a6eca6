// What Tls holds, for the connections that are made with it.
#pragma once
#include <boost/asio/ssl/context.hpp>
#include <filesystem>
#include <mutex>

#include "net/tls.hpp"

namespace greenroom::net {

struct Tls::State {
  // When and how large a file was; an exchanged file differs in one of them.
  struct Stamp {
    std::filesystem::file_time_type written{};
    std::uintmax_t bytes = 0;
    friend bool operator==(const Stamp&, const Stamp&) = default;
  };

  std::shared_ptr<boost::asio::ssl::context> context() const {
    std::lock_guard guard(lock);
    return current;
  }

  TlsFiles files;
  mutable std::mutex lock;
  std::shared_ptr<boost::asio::ssl::context> current;
  Stamp certificate, key;
};

}  // namespace greenroom::net
