#include "bus/detail/redis_connection.hpp"

#include <hiredis/hiredis.h>

#include <algorithm>
#include <array>

namespace greenroom::bus {

namespace {

RedisReply copy(const redisReply& reply) {
  using Kind = RedisReply::Kind;
  switch (reply.type) {
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
      return {Kind::text, {reply.str, reply.len}, 0, {}};
    case REDIS_REPLY_ERROR:
      return {Kind::error, {reply.str, reply.len}, 0, {}};
    case REDIS_REPLY_INTEGER:
      return {Kind::number, {}, reply.integer, {}};
    default:
      break;
  }
  RedisReply out;
  if (reply.type != REDIS_REPLY_ARRAY) return out;
  out.kind = Kind::list;
  for (std::size_t i = 0; i < reply.elements; ++i) out.list.push_back(copy(*reply.element[i]));
  return out;
}

// On a connection with subscriptions these lists come unasked, between the answers to commands.
bool is_pushed(const RedisReply& reply) {
  static constexpr std::array<std::string_view, 6> kinds{"message",    "pmessage",    "subscribe",
                                                         "psubscribe", "unsubscribe", "punsubscribe"};
  return reply.kind == RedisReply::Kind::list && !reply.list.empty() &&
         std::find(kinds.begin(), kinds.end(), reply.list[0].text) != kinds.end();
}

}  // namespace

void RedisConnection::Free::operator()(redisContext* context) const { redisFree(context); }

RedisConnection::RedisConnection(const RedisAddress& address, Pushed pushed)
    : pushed_(std::move(pushed)), context_(redisConnectNonBlock(address.host.c_str(), address.port)) {
  broken_ = !context_ || context_->err != 0;
}

RedisConnection::~RedisConnection() {
  for (auto& waiting : waiting_) waiting.answer(nullptr);
}

int RedisConnection::fd() const { return broken_ ? -1 : context_->fd; }

std::string RedisConnection::why() const { return context_ ? context_->errstr : "out of memory"; }

void RedisConnection::append(Command command) {
  std::vector<const char*> words;
  std::vector<std::size_t> sizes;
  for (const auto word : command) {
    words.push_back(word.empty() ? "" : word.data());
    sizes.push_back(word.size());
  }
  if (broken_) return;
  broken_ = redisAppendCommandArgv(context_.get(), int(words.size()), words.data(), sizes.data()) != REDIS_OK;
  written_ = false;
}

void RedisConnection::send(Command command, SteadyTime now, Answer answer) {
  append(command);
  waiting_.push_back({std::move(answer), now});
}

void RedisConnection::send_unanswered(Command command) { append(command); }

std::optional<SteadyTime> RedisConnection::waiting_since() const {
  return waiting_.empty() ? std::nullopt : std::optional(waiting_.front().since);
}

void RedisConnection::ready(bool readable, bool writable) {
  if (!broken_ && readable) read();
  if (broken_ || !writable) return;
  int done = 0;
  broken_ = redisBufferWrite(context_.get(), &done) != REDIS_OK;
  written_ = done != 0;
}

void RedisConnection::read() {
  broken_ = redisBufferRead(context_.get()) != REDIS_OK;
  while (!broken_) {
    void* found = nullptr;
    broken_ = redisGetReplyFromReader(context_.get(), &found) != REDIS_OK;
    if (!found) return;
    const std::unique_ptr<redisReply, void (*)(void*)> reply(static_cast<redisReply*>(found), freeReplyObject);
    take(copy(*reply));
  }
}

void RedisConnection::take(const RedisReply& reply) {
  if (is_pushed(reply)) return pushed_(reply);
  if (waiting_.empty()) return;
  const auto answer = std::move(waiting_.front().answer);
  waiting_.pop_front();
  answer(&reply);
}

}  // namespace greenroom::bus
