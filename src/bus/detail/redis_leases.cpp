#include "bus/detail/redis_leases.hpp"

namespace greenroom::bus {

namespace {

// Who has it after this. Ours again: the expiry is pushed out.
constexpr std::string_view claim_script = R"(
redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2])
local holder = redis.call('GET', KEYS[1])
if holder == ARGV[1] then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return holder)";

// The same for another, whose lease is for itself to renew.
constexpr std::string_view offer_script = R"(
redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2])
return redis.call('GET', KEYS[1]))";

constexpr std::string_view release_script = R"(
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0)";

// KEYS: expiries, payloads. ARGV: member, payload, lease in ms.
constexpr std::string_view announce_script = R"(
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZADD', KEYS[1], now + ARGV[3], ARGV[1])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
redis.call('PEXPIRE', KEYS[1], 2 * ARGV[3])
redis.call('PEXPIRE', KEYS[2], 2 * ARGV[3])
return 1)";

// ARGV: the most that are answered. Those whose time is over go, the others are answered: name, payload, name, ...
constexpr std::string_view members_script = R"(
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for _, gone in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now)) do
  redis.call('ZREM', KEYS[1], gone)
  redis.call('HDEL', KEYS[2], gone)
end
local out = {}
for _, member in ipairs(redis.call('ZRANGE', KEYS[1], 0, ARGV[1] - 1)) do
  out[#out + 1] = member
  out[#out + 1] = redis.call('HGET', KEYS[2], member) or ''
end
return out)";

constexpr std::string_view withdraw_script = R"(
redis.call('ZREM', KEYS[1], ARGV[1])
return redis.call('HDEL', KEYS[2], ARGV[1]))";

void ignore(const RedisReply*) {}

// Of a claim, as the scripts answer.
base::Result<std::string> holder_of(const RedisReply* reply) {
  if (!reply || reply->kind != RedisReply::Kind::text) return unavailable();
  return reply->text;
}

std::vector<Member> members_of(const RedisReply& reply) {
  std::map<std::string, std::string> sorted;
  for (std::size_t i = 0; i + 1 < reply.list.size(); i += 2) sorted[reply.list[i].text] = reply.list[i + 1].text;
  std::vector<Member> members;
  for (auto& [name, payload] : sorted) members.push_back({name, std::move(payload)});
  return members;
}

}  // namespace

tl::unexpected<base::Error> unavailable() {
  return base::fail(error_unavailable, "the other servers cannot be reached now, try again");
}

RedisLeases::RedisLeases(std::string node, std::string prefix, base::Duration lease)
    : node_(std::move(node)),
      prefix_(std::move(prefix)),
      lease_ms_(std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(lease).count())) {}

// ---- presence

void RedisLeases::send_announcement(RedisConnection& connection, SteadyTime now, const std::string& topic,
                                    const std::string& member, const std::string& payload) {
  connection.send({"EVAL", announce_script, "2", prefix_ + "expiries:" + topic, prefix_ + "members:" + topic, member,
                   payload, lease_ms_},
                  now, ignore);
}

void RedisLeases::announce(RedisConnection* connection, SteadyTime now, std::string topic, std::string member,
                           std::string payload) {
  if (connection) send_announcement(*connection, now, topic, member, payload);
  announced_.insert_or_assign({std::move(topic), std::move(member)}, std::move(payload));
}

void RedisLeases::withdraw(RedisConnection* connection, SteadyTime now, const std::string& topic,
                           const std::string& member) {
  announced_.erase({topic, member});
  if (!connection) return;  // its lease ends
  connection->send({"EVAL", withdraw_script, "2", prefix_ + "expiries:" + topic, prefix_ + "members:" + topic, member},
                   now, ignore);
}

void RedisLeases::members(RedisConnection& connection, SteadyTime now, const std::string& topic, MembersAnswer answer) {
  connection.send({"EVAL", members_script, "2", prefix_ + "expiries:" + topic, prefix_ + "members:" + topic,
                   std::to_string(Bus::members_max)},
                  now, [answer = std::move(answer)](const RedisReply* reply) {
                    if (!reply || reply->kind != RedisReply::Kind::list) return answer(unavailable());
                    answer(members_of(*reply));
                  });
}

// ---- claims

void RedisLeases::send_claim(RedisConnection& connection, SteadyTime now, const std::string& key, ClaimAnswer answer) {
  connection.send({"EVAL", claim_script, "1", prefix_ + "claim:" + key, node_, lease_ms_}, now,
                  [this, key, answer = std::move(answer)](const RedisReply* reply) {
                    const auto holder = holder_of(reply);
                    holder ? claimed(key, *holder) : unanswered(key);
                    if (answer) answer(holder);
                  });
}

void RedisLeases::claim(RedisConnection& connection, SteadyTime now, const std::string& key, ClaimAnswer answer,
                        ClaimLost lost) {
  claims_[key].lost = std::move(lost);
  send_claim(connection, now, key, std::move(answer));
}

// Released meanwhile: then there is nothing to note, and Redis has the release behind the claim.
void RedisLeases::claimed(const std::string& key, const std::string& holder) {
  const auto found = claims_.find(key);
  if (found == claims_.end()) return;
  if (holder == node_) {
    found->second.confirmed = true;
    return;
  }
  const auto claim = std::move(found->second);
  claims_.erase(found);
  if (claim.confirmed && claim.lost) claim.lost();
}

void RedisLeases::unanswered(const std::string& key) {
  const auto found = claims_.find(key);
  if (found != claims_.end() && !found->second.confirmed) claims_.erase(found);
}

void RedisLeases::release(RedisConnection* connection, SteadyTime now, const std::string& key) {
  claims_.erase(key);
  if (!connection) return;  // its lease ends
  connection->send({"EVAL", release_script, "1", prefix_ + "claim:" + key, node_}, now, ignore);
}

void RedisLeases::offer(RedisConnection& connection, SteadyTime now, const std::string& key, const std::string& node,
                        ClaimAnswer answer) {
  connection.send({"EVAL", offer_script, "1", prefix_ + "claim:" + key, node, lease_ms_}, now,
                  [answer = std::move(answer)](const RedisReply* reply) { answer(holder_of(reply)); });
}

// ---- both

void RedisLeases::renew(RedisConnection& connection, SteadyTime now) {
  for (const auto& [key, claim] : claims_) {
    if (claim.confirmed) send_claim(connection, now, key, nullptr);
  }
  for (const auto& [where, payload] : announced_)
    send_announcement(connection, now, where.first, where.second, payload);
}

void RedisLeases::give_up_all(RedisConnection& connection, SteadyTime now) {
  const auto claims = std::exchange(claims_, {});
  for (const auto& [key, claim] : claims) release(&connection, now, key);
  const auto announced = std::exchange(announced_, {});
  for (const auto& [where, payload] : announced) withdraw(&connection, now, where.first, where.second);
}

}  // namespace greenroom::bus
