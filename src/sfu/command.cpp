#include "sfu/command.hpp"

namespace greenroom::sfu {

const RoomId* room_of(const CommandBody& command) {
  return std::visit(
      [](const auto& body) -> const RoomId* {
        if constexpr (std::is_same_v<std::decay_t<decltype(body)>, GetStats>) {
          return body.room ? &*body.room : nullptr;
        } else {
          return &body.room;
        }
      },
      command);
}

const RoomId& room_of(const Event& event) {
  return std::visit([](const auto& body) -> const RoomId& { return body.room; }, event);
}

void add(ShardCounters& sum, const ShardCounters& c) {
  for (const auto field : {&ShardCounters::datagrams_in,
                           &ShardCounters::datagrams_out,
                           &ShardCounters::bytes_in,
                           &ShardCounters::bytes_out,
                           &ShardCounters::rtp_in,
                           &ShardCounters::rtp_forwarded,
                           &ShardCounters::rtcp_in,
                           &ShardCounters::stun_in,
                           &ShardCounters::dtls_in,
                           &ShardCounters::dropped_unknown,
                           &ShardCounters::dropped_malformed,
                           &ShardCounters::dropped_forged,
                           &ShardCounters::dropped_unexpected,
                           &ShardCounters::dropped_overflow,
                           &ShardCounters::key_frame_requests,
                           &ShardCounters::nacked,
                           &ShardCounters::retransmitted,
                           &ShardCounters::probes,
                           &ShardCounters::piped_out,
                           &ShardCounters::piped_in,
                           &ShardCounters::dropped_pipe}) {
    sum.*field += c.*field;
  }
  sum.rtt.add(c.rtt);
  sum.loss_up.add(c.loss_up);
  sum.loss_down.add(c.loss_down);
}

void add(Stats& sum, const Stats& stats) {
  for (const auto field : {&Stats::rooms, &Stats::peers, &Stats::transports, &Stats::producers, &Stats::consumers,
                           &Stats::data_producers, &Stats::data_consumers, &Stats::branches, &Stats::imports}) {
    sum.*field += stats.*field;
  }
  add(sum.counters, stats.counters);
  sum.room_peers.insert(sum.room_peers.end(), stats.room_peers.begin(), stats.room_peers.end());
}

}  // namespace greenroom::sfu
