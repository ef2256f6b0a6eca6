// The shapes of a measurement: who is in which room and what they send. Pure.
#pragma once
#include <string>
#include <vector>

#include "base/result.hpp"
#include "load/client.hpp"

namespace greenroom::load {

struct Shape {
  std::string name;
  std::vector<ClientPlan> first;  // who joins before the others: their memory is not the consumers'
  std::vector<ClientPlan> plans;
  std::size_t streams = 0;  // consumers
  std::size_t burst = 1;    // packets that go to one subscriber together
  std::size_t packet_size = 1200;
};

inline constexpr Traffic voice{wire::MediaKind::audio, 50, 1, 120};  // 20 ms of Opus at 32 kbit/s, with its header

// One publisher and an audience; one in `check_every` opens what it gets.
Shape fanout(const Traffic& traffic, std::size_t subscribers, std::size_t check_every);
// Rooms of people who all send and receive: Opus at 50 packets a second, and video.
Shape rooms(std::size_t count, std::size_t people, std::size_t check_every);

}  // namespace greenroom::load
