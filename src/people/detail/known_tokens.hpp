// Access tokens whose signature has been found good: checking one again costs as much as all of a small read. Says only
// who signed in, never that they still are: that is asked of the login's row each time. Thread-safe; bounded.
#pragma once
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "people/values.hpp"

namespace greenroom::people {

class KnownTokens {
 public:
  static constexpr std::size_t tokens_max = 4'096;  // of some 400 bytes; then all are checked anew

  struct Holder {
    UserId user;
    LoginId login;
    base::WallTime until;  // the token's own end
  };
  std::optional<Holder> find(const std::string& access, base::WallTime now);
  void keep(const std::string& access, const Holder& holder);

 private:
  std::mutex lock_;
  std::unordered_map<std::string, Holder> holders_;
};

}  // namespace greenroom::people
