#include "studio/answers.hpp"

#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"

namespace greenroom::studio {
namespace {

struct Row {
  std::string content;
  std::int64_t started_at = 0;
  std::int64_t expires_at = 0;
  std::optional<std::int64_t> status;
  std::string headers;
  std::string body;
};

std::string digest(std::string_view text) { return crypto::to_hex(crypto::sha256(base::as_bytes(text))); }

// The parts with their lengths, so that no two requests read the same.
std::string id_of(const AskedOnce& request) {
  std::string all;
  for (const std::string* part : {&request.caller, &request.method, &request.path, &request.key})
    all += std::to_string(part->size()) + ":" + *part;
  return digest(all);
}

base::Result<std::int64_t> insert(db::Transaction& tx, const AskedOnce& request, const Answers::Ticket& ticket,
                                  std::int64_t expires_at) {
  return tx.run(
      "INSERT INTO kept_answers (id, caller, content, started_at, expires_at, headers, body) "
      "VALUES ($1, $2, $3, $4, $5, '', '') ON CONFLICT (id) DO NOTHING",
      {ticket.id, digest(request.caller), digest(request.content), ticket.started_at, expires_at});
}

base::Result<std::optional<Row>> find(db::Transaction& tx, const std::string& id) {
  return tx.one("SELECT content, started_at, expires_at, status, headers, body FROM kept_answers WHERE id = $1", {id},
                [](db::Row& from) {
                  Row row;
                  from.into(row.content);
                  from.into(row.started_at);
                  from.into(row.expires_at);
                  from.into(row.status);
                  from.into(row.headers);
                  from.into(row.body);
                  return row;
                });
}

base::Status check_count(db::Transaction& tx, const std::string& caller) {
  GREENROOM_TRY(const auto count,
                tx.scalar<std::int64_t>("SELECT count(*) FROM kept_answers WHERE caller = $1", {digest(caller)}));
  if (count.value_or(0) <= Answers::keys_per_caller_max) return {};
  return base::fail(error_too_many_keys, "too many idempotency keys in one day");
}

// A row that means nothing any more: its day is over, or the server that ran it died.
bool is_stale(const Row& row, std::int64_t now) {
  return row.expires_at <= now || (!row.status && row.started_at + Answers::running_max.count() <= now);
}

base::Status take_over(db::Transaction& tx, const AskedOnce& request, const Answers::Ticket& ticket,
                       std::int64_t expires_at) {
  GREENROOM_CHECK_OK(tx.run(
      "UPDATE kept_answers SET content = $2, started_at = $3, expires_at = $4, status = NULL, headers = '', body = '' "
      "WHERE id = $1",
      {ticket.id, digest(request.content), ticket.started_at, expires_at}));
  return {};
}

base::Result<KeptAnswer> answer_of(Row row, const AskedOnce& request) {
  if (row.content != digest(request.content)) {
    return base::fail(error_key_of_other_request, "this Idempotency-Key belongs to a request with another body");
  }
  if (!row.status) return base::fail(error_key_in_use, "the first request with this Idempotency-Key is still running");
  return KeptAnswer{int(*row.status), std::move(row.headers), std::move(row.body)};
}

}  // namespace

std::span<const db::Migration> answer_migrations() {
  static const std::vector<db::Migration> list = {
      {"answers.1-kept",
       {"CREATE TABLE kept_answers (id TEXT PRIMARY KEY, caller TEXT NOT NULL, content TEXT NOT NULL, "
        "started_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, status BIGINT, headers TEXT NOT NULL, "
        "body TEXT NOT NULL)",
        "CREATE INDEX kept_answers_by_caller ON kept_answers (caller)",
        "CREATE INDEX kept_answers_by_expiry ON kept_answers (expires_at)"}},
  };
  return list;
}

base::Result<Answers::Begun> Answers::begin(const AskedOnce& request, base::WallTime at) {
  const std::int64_t now = base::to_micros(at), expires_at = now + life.count();
  const Ticket ticket{id_of(request), now};
  return database_.write([&](db::Transaction& tx) -> base::Result<Begun> {
    GREENROOM_TRY(const auto inserted, insert(tx, request, ticket, expires_at));
    if (inserted > 0) {
      GREENROOM_CHECK_OK(check_count(tx, request.caller));
      return Begun{std::nullopt, ticket};
    }
    GREENROOM_TRY(auto row, find(tx, ticket.id));
    if (!row || is_stale(*row, now)) {
      GREENROOM_CHECK_OK(take_over(tx, request, ticket, expires_at));
      return Begun{std::nullopt, ticket};
    }
    GREENROOM_TRY(auto answer, answer_of(*std::move(row), request));
    return Begun{std::move(answer), {}};
  });
}

base::Status Answers::keep(const Ticket& ticket, const KeptAnswer& answer) {
  return database_.write([&](db::Transaction& tx) -> base::Status {
    GREENROOM_CHECK_OK(tx.run(
        "UPDATE kept_answers SET status = $3, headers = $4, body = $5 WHERE id = $1 AND started_at = $2 AND status IS "
        "NULL",
        {ticket.id, ticket.started_at, std::int64_t(answer.status), answer.headers, answer.body}));
    return {};
  });
}

base::Status Answers::forget(const Ticket& ticket) {
  return database_.write([&](db::Transaction& tx) -> base::Status {
    GREENROOM_CHECK_OK(tx.run("DELETE FROM kept_answers WHERE id = $1 AND started_at = $2 AND status IS NULL",
                              {ticket.id, ticket.started_at}));
    return {};
  });
}

base::Status Answers::purge(base::WallTime at) {
  const std::int64_t now = base::to_micros(at);
  constexpr std::string_view due = "SELECT id FROM kept_answers WHERE expires_at <= $1 LIMIT $2";
  const auto read_id = [](db::Row& row) { return row.next<std::string>(); };
  // Most of the time nothing is due, and nobody has to wait for the writer.
  GREENROOM_TRY(const auto some, database_.read([&](db::Transaction& tx) {
    return tx.all(due, {now, std::int64_t(purged_at_once)}, read_id);
  }));
  if (some.empty()) return {};
  return database_.write([&](db::Transaction& tx) -> base::Status {
    for (const std::string& id : some)
      GREENROOM_CHECK_OK(tx.run("DELETE FROM kept_answers WHERE id = $1 AND expires_at <= $2", {id, now}));
    return {};
  });
}

}  // namespace greenroom::studio
