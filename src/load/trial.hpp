// What a server must hold, beside being fast: each trial puts one running server to it from outside and says what it
// found and what was wrong. Blocks its thread.
#pragma once
#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "load/crowd.hpp"
#include "load/shape.hpp"

namespace greenroom::load {

struct Trial {
  boost::json::object found;
  std::vector<std::string> faults;  // empty: passed
};

// Every subscriber gets every packet, once, in order, as it was sent.
base::Result<Trial> try_delivery(const CrowdOptions& options, std::size_t subscribers, std::size_t packets);

struct JoinLeave {
  std::size_t cycles = 10'000;
  std::size_t together = 10;   // in one room, at once
  std::string statistics_url;  // a JSON object of counts that must all be 0 at the end but `workers`; empty: not asked
};
// Memory is judged when at least judged_min cycles are wanted, over their second half: who drops out is remembered for
// two minutes, so that it grows at first and then does not. A run that was through with them by then goes on for a
// quarter more.
inline constexpr std::size_t judged_min = 8000;
inline constexpr base::Duration remembered = std::chrono::seconds(150);  // and some time to spare
// People come, send, receive and go, by every way out; afterwards nothing of them is left.
base::Result<Trial> try_join_leave(const CrowdOptions& options, const JoinLeave& wanted);

struct FloodTrial {
  std::uint32_t packets_per_second = 100'000;
  base::Duration window = std::chrono::seconds(10);  // without, then with the flood
};
// A call in progress is not disturbed, and no stranger gets more than he gave.
base::Result<Trial> try_flood(const CrowdOptions& options, const FloodTrial& wanted);

}  // namespace greenroom::load
