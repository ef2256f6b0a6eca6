// Data channels in commands, replies and events: the part of command.hpp that is about messages instead of media. A
// data producer is a data channel on which a peer sends, a data consumer one on which another peer gets the same
// messages.
#pragma once
#include <boost/describe/enum.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "sfu/ids.hpp"
#include "wire/ortc.hpp"

namespace greenroom::sfu {

namespace errors {
inline constexpr base::ErrorCode no_such_data_producer{base::ErrorKind::not_found, "sfu.no_such_data_producer"};
inline constexpr base::ErrorCode no_such_data_consumer{base::ErrorKind::not_found, "sfu.no_such_data_consumer"};
// A stream beyond the 1,024, one that has a producer, both limits at once, or a label that is too long.
inline constexpr base::ErrorCode bad_data_channel{base::ErrorKind::invalid, "sfu.bad_data_channel"};
inline constexpr base::ErrorCode no_data_stream{base::ErrorKind::exhausted, "sfu.no_data_stream"};  // none is free
}  // namespace errors

struct ProduceData {
  RoomId room;
  PeerId peer;
  TransportId transport;
  wire::SctpStreamParameters sctp_stream_parameters;
  std::string label, protocol;
  boost::json::value app_data;  // opaque
};
struct CloseDataProducer {
  RoomId room;
  PeerId peer;
  DataProducerId producer;
};
struct ConsumeData {
  RoomId room;
  PeerId peer;
  TransportId transport;
  DataProducerId producer;
};
struct CloseDataConsumer {
  RoomId room;
  PeerId peer;
  DataConsumerId consumer;
};

struct DataProduced {
  DataProducerId producer;
};
struct DataConsumed {
  DataConsumerId consumer;
  DataProducerId producer;
  wire::SctpStreamParameters sctp_stream_parameters;
  std::string label, protocol;
};

enum class DataEnd : std::uint8_t {
  producer_closed,
  transport_closed,
  too_slow,  // reliable messages waited for the receiver beyond the bound
  failed,    // the association has ended
};
BOOST_DESCRIBE_ENUM(DataEnd, producer_closed, transport_closed, too_slow, failed)

struct DataProducerClosed {  // not by CloseDataProducer or LeaveRoom
  RoomId room;
  PeerId peer;
  DataProducerId producer;
};
struct DataConsumerClosed {  // told to the consumer's peer
  RoomId room;
  PeerId peer;
  DataConsumerId consumer;
  DataProducerId producer;
  DataEnd reason = DataEnd::producer_closed;
};

}  // namespace greenroom::sfu
