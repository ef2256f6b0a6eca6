#include "bus/detail/redis_link.hpp"

#include <algorithm>
#include <charconv>

namespace greenroom::bus {

namespace {

// Seconds since Redis started, from the answer to INFO; a minute when it does not say.
std::int64_t age_of(std::string_view info) {
  constexpr std::string_view field = "uptime_in_seconds:";
  std::int64_t seconds = 60;
  if (const auto at = info.find(field); at != info.npos) {
    const auto text = info.substr(at + field.size());
    std::from_chars(text.data(), text.data() + text.size(), seconds);
  }
  return seconds;
}

}  // namespace

RedisLink::RedisLink(RedisAddress address, const RedisOptions& options, base::LogSink& log, LinkHooks hooks)
    : address_(std::move(address)),
      options_(options),
      log_(log),
      hooks_(std::move(hooks)),
      back_off_(options.back_off_min) {}

RedisLink::~RedisLink() = default;

// ---- coming up

void RedisLink::open(SteadyTime now) {
  greeted_ = subscribed_ = false;
  refusal_.clear();
  next_ping_ = now + options_.patience / 2;
  commands_ = std::make_unique<RedisConnection>(address_, hooks_.pushed);
  log_in(*commands_, now);
  commands_->send({"SELECT", std::to_string(address_.database)}, now, expect_success());
  commands_->send({"INFO", "server"}, now, [this](const RedisReply* reply) {
    if (reply && reply->kind == RedisReply::Kind::text && refusal_.empty()) answered(reply->text);
  });
  subscriptions_ = std::make_unique<RedisConnection>(address_, hooks_.pushed);
  log_in(*subscriptions_, now);
  hooks_.subscribe(*subscriptions_);
  // Answers come in order: when this one does, all that was subscribed to is in place.
  subscriptions_->send({"PING"}, now, [this](const RedisReply* reply) {
    if (!reply || !refusal_.empty()) return;
    subscribed_ = true;
    come_up();
  });
}

void RedisLink::log_in(RedisConnection& connection, SteadyTime now) {
  if (address_.password.empty()) return;
  if (address_.user.empty()) {
    connection.send({"AUTH", address_.password}, now, expect_success());
  } else {
    connection.send({"AUTH", address_.user, address_.password}, now, expect_success());
  }
}

RedisConnection::Answer RedisLink::expect_success() {
  return [this](const RedisReply* reply) {
    if (reply && reply->kind == RedisReply::Kind::error && refusal_.empty()) refusal_ = reply->text;
  };
}

void RedisLink::answered(const std::string& info) {
  young_ = std::chrono::seconds(age_of(info)) <= options_.settling + std::chrono::seconds(1);  // it counts whole ones
  greeted_ = true;
  hooks_.greeted(*commands_);
  come_up();
}

void RedisLink::come_up() {
  if (!greeted_ || !subscribed_) return;
  up_ = true;
  back_off_ = options_.back_off_min;
  log_.info("bus.up", {{"host", address_.host}, {"again", std::int64_t(failed_)}});
  hooks_.up(std::exchange(failed_, false), young_);
}

// ---- going down

std::string RedisLink::trouble(SteadyTime now) const {
  if (!refusal_.empty()) return refusal_;
  for (const auto* connection : {commands_.get(), subscriptions_.get()}) {
    if (connection->broken()) return connection->why();
    const auto since = connection->waiting_since();
    if (since && now - *since > options_.patience) return "no answer";
  }
  return {};
}

void RedisLink::go_down(SteadyTime now, const std::string& why) {
  if (!failed_) log_.warning("bus.down", {{"host", address_.host}, {"error", why}});
  failed_ = true;
  const bool was_up = std::exchange(up_, false);
  next_attempt_ = now + back_off_;
  back_off_ = std::min(back_off_ * 2, options_.back_off_max);
  if (was_up) hooks_.down();
  commands_.reset();  // answers what waits
  subscriptions_.reset();
}

// ---- turning

void RedisLink::commands_ready(bool readable, bool writable) {
  if (commands_) commands_->ready(readable, writable);
}

void RedisLink::subscriptions_ready(bool readable, bool writable) {
  if (subscriptions_) subscriptions_->ready(readable, writable);
}

void RedisLink::ping(RedisConnection& connection, SteadyTime now) {
  if (!connection.waiting_since()) connection.send({"PING"}, now, [](const RedisReply*) {});
}

void RedisLink::turn(SteadyTime now) {
  if (commands_) {
    if (const auto why = trouble(now); !why.empty()) go_down(now, why);
  }
  if (!commands_ && now >= next_attempt_) open(now);
  if (up_ && now >= next_ping_) {
    ping(*commands_, now);
    ping(*subscriptions_, now);
    next_ping_ = now + options_.patience / 2;
  }
}

SteadyTime RedisLink::next_turn() const {
  if (!commands_) return next_attempt_;
  auto next = next_ping_;
  for (const auto* connection : {commands_.get(), subscriptions_.get()}) {
    if (connection->broken()) return {};  // at once
    if (const auto since = connection->waiting_since()) next = std::min(next, *since + options_.patience);
  }
  return next;
}

}  // namespace greenroom::bus
