// Commands by which a room comes to span several shards of one process (sfu/branches.hpp gives them): the part of
// command.hpp that is about branches. A branch is what one shard has of such a room: peers, what they send, and imports
// of what others send elsewhere. One branch is the home: it hears all levels and names the speaker.
#pragma once
#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/units.hpp"
#include "rtc/negotiation.hpp"
#include "sfu/data_command.hpp"
#include "sfu/ids.hpp"

namespace greenroom::sfu {

// A shard of this process, as numbered by whoever runs them.
struct ShardIndex {
  std::uint16_t value = 0;
  friend auto operator<=>(const ShardIndex&, const ShardIndex&) = default;
};
// Of a room, a producer or a data producer on a pipe; never used twice.
using PipeNumber = std::uint32_t;
using PipedRates = std::array<base::Bitrate, rtc::max_encodings>;  // by spatial layer

// All that another branch needs to know of a producer.
struct PipedProducer {
  ProducerId producer;
  PeerId peer;
  rtc::ProducerPlan plan;
  boost::json::value app_data;
  bool paused = false;
  PipedRates rates{};
};
struct PipedDataProducer {
  DataProducerId producer;
  PeerId peer;
  wire::SctpStreamParameters parameters;
  std::string label, protocol;
};

struct JoinBranches {
  RoomId room;
  PipeNumber number = 0;
  std::optional<ShardIndex> home;  // none: this is the home
  std::vector<ShardIndex> others;  // of the home: who is to be told
};
struct ExportProducer {  // answered with PipedProducer
  RoomId room;
  ProducerId producer;
  ShardIndex to;
  PipeNumber number = 0;
};
struct ImportProducer {
  RoomId room;
  ShardIndex from;
  PipeNumber number = 0;
  PipedProducer producer;
};
struct PauseImport {
  RoomId room;
  ProducerId producer;
  bool paused = false;
};
struct EndImport {
  RoomId room;
  ProducerId producer;
};
struct ExportData {  // answered with PipedDataProducer
  RoomId room;
  DataProducerId producer;
  ShardIndex to;
  PipeNumber number = 0;
};
struct ImportData {
  RoomId room;
  ShardIndex from;
  PipeNumber number = 0;
  PipedDataProducer producer;
};
struct EndDataImport {
  RoomId room;
  DataProducerId producer;
};
struct EndExports {  // that shard has lost the room
  RoomId room;
  ShardIndex to;
};

}  // namespace greenroom::sfu
