// The first answers to requests that may be sent twice (Idempotency-Key), kept for a day: who sends the same request
// with the same key again gets the same answer, and nothing happens twice. Owned by app beside Studio; called on the
// blocking pool from any thread, and by every process on the same database. Invariants: of all requests with one key,
// one at a time runs; an answer once kept never changes. A server that dies between the deed and its answer leaves the
// key taken for running_max; after that the request runs anew.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "db/db.hpp"
#include "db/migrate.hpp"

namespace greenroom::studio {

inline constexpr base::ErrorCode error_key_of_other_request{base::ErrorKind::invalid, "api.idempotency_key_reused"};
inline constexpr base::ErrorCode error_key_in_use{base::ErrorKind::conflict, "api.idempotency_key_in_use"};
inline constexpr base::ErrorCode error_too_many_keys{base::ErrorKind::exhausted, "api.idempotency_keys"};

std::span<const db::Migration> answer_migrations();

// One request as its sender named it.
struct AskedOnce {
  std::string caller;  // whose key it is: keys of different callers have nothing to do with each other
  std::string method;
  std::string path;
  std::string key;
  std::string content;  // what must be the same under one key: query and body
};

struct KeptAnswer {
  int status = 0;
  std::string headers;  // "Name: value" lines
  std::string body;
};

class Answers {
 public:
  static constexpr base::Duration life = std::chrono::hours(24);
  static constexpr base::Duration running_max = std::chrono::minutes(5);  // longer than any handler may take
  static constexpr std::int64_t keys_per_caller_max = 10'000;
  static constexpr std::size_t answer_bytes_max = 256 * 1024;  // what is larger is not kept
  static constexpr int purged_at_once = 1'000;

  // The right to run one request; given back by keep() or forget().
  struct Ticket {
    std::string id;
    std::int64_t started_at = 0;
  };
  struct Begun {
    std::optional<KeptAnswer> answer;  // it has been answered before
    Ticket ticket;                     // else: run it
  };

  explicit Answers(db::Database& database) : database_(database) {}

  base::Result<Begun> begin(const AskedOnce& request, base::WallTime now);
  base::Status keep(const Ticket& ticket, const KeptAnswer& answer);
  base::Status forget(const Ticket& ticket);  // it was not answered for good: the next one runs
  base::Status purge(base::WallTime now);     // what has had its day

 private:
  db::Database& database_;
};

}  // namespace greenroom::studio
