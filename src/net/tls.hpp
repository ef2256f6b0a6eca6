// A server's certificate and key, which may be exchanged while it runs: connections keep the one that they began with,
// new ones get the new. Owned by app and the server; open(), reload() and changed() read files and block; everything is
// thread-safe.
#pragma once
#include <filesystem>
#include <memory>

#include "base/result.hpp"

namespace greenroom::net {

inline constexpr base::ErrorCode bad_certificate{base::ErrorKind::invalid, "net.bad_certificate"};

struct TlsFiles {
  std::filesystem::path certificate;  // PEM, the server's first, then the chain
  std::filesystem::path key;          // PEM
};

class Tls {
 public:
  static base::Result<std::shared_ptr<Tls>> open(TlsFiles files);
  ~Tls();
  Tls(const Tls&) = delete;
  Tls& operator=(const Tls&) = delete;

  // From the same files. An error (one of them is being written, they do not belong together) changes nothing.
  base::Status reload();
  bool changed() const;  // the files are no longer those that were read

  struct State;
  State& state() const { return *state_; }  // for net's own .cpp files

 private:
  explicit Tls(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace greenroom::net
