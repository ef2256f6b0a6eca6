// What this process has in Redis for a time and renews: its claims and its members. Owned by RedisBus, on its thread.
// A claim is a key with the node's name and an expiry; the members of a topic are a sorted set by expiry and a hash of
// their payloads. All times are Redis's own, so the clocks of the machines need not agree.
#pragma once
#include <map>
#include <string>
#include <utility>

#include "bus/bus.hpp"
#include "bus/detail/redis_connection.hpp"

namespace greenroom::bus {

tl::unexpected<base::Error> unavailable();  // while Redis is not there

class RedisLeases {
 public:
  RedisLeases(std::string node, std::string prefix, base::Duration lease);

  // `connection` is null while Redis is not there: what is announced then is sent by the next renew().
  void announce(RedisConnection* connection, SteadyTime now, std::string topic, std::string member,
                std::string payload);
  void withdraw(RedisConnection* connection, SteadyTime now, const std::string& topic, const std::string& member);
  void release(RedisConnection* connection, SteadyTime now, const std::string& key);
  bool holds(const std::string& key) const { return claims_.contains(key); }

  void members(RedisConnection& connection, SteadyTime now, const std::string& topic, MembersAnswer answer);
  void claim(RedisConnection& connection, SteadyTime now, const std::string& key, ClaimAnswer answer, ClaimLost lost);
  void offer(RedisConnection& connection, SteadyTime now, const std::string& key, const std::string& node,
             ClaimAnswer answer);

  void renew(RedisConnection& connection, SteadyTime now);  // all of it
  void give_up_all(RedisConnection& connection, SteadyTime now);

 private:
  struct Claim {
    ClaimLost lost;
    bool confirmed = false;  // an answer has named us
  };

  void send_announcement(RedisConnection& connection, SteadyTime now, const std::string& topic,
                         const std::string& member, const std::string& payload);
  void send_claim(RedisConnection& connection, SteadyTime now, const std::string& key, ClaimAnswer answer);
  void claimed(const std::string& key, const std::string& holder);
  void unanswered(const std::string& key);

  const std::string node_, prefix_, lease_ms_;
  std::map<std::string, Claim> claims_;
  std::map<std::pair<std::string, std::string>, std::string> announced_;  // topic and member: payload
};

}  // namespace greenroom::bus
