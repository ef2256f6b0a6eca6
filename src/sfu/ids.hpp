// Names of the things in a shard. A room's id is chosen by the caller (the protocol's callId). The others are made by
// the shard: 128 random bits in the form of a UUID (the shard knows no wall clock, so they do not sort by time),
// unguessable, and never used twice. On the signaling wire they are their text form, str() and parse().
#pragma once
#include <compare>
#include <string>

#include "base/id.hpp"

namespace greenroom::sfu {

struct RoomId {
  std::string value;
  friend auto operator<=>(const RoomId&, const RoomId&) = default;
};

using PeerId = base::Id<struct PeerTag>;
using TransportId = base::Id<struct TransportTag>;
using ProducerId = base::Id<struct ProducerTag>;
using ConsumerId = base::Id<struct ConsumerTag>;
using DataProducerId = base::Id<struct DataProducerTag>;
using DataConsumerId = base::Id<struct DataConsumerTag>;
using BackupTrackId = base::Id<struct BackupTrackTag>;

}  // namespace greenroom::sfu

template <>
struct std::hash<greenroom::sfu::RoomId> {
  std::size_t operator()(const greenroom::sfu::RoomId& id) const noexcept { return std::hash<std::string>{}(id.value); }
};
