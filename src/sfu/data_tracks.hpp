// Data channels in a room: a DataProducer is a stream on which a peer sends, a DataConsumer a stream of another
// transport on which its messages are repeated. Owned by the Room; each knows its transport, and the producer its
// consumers.
#pragma once
#include <string>
#include <vector>

#include "sctp/message.hpp"
#include "sfu/data_command.hpp"
#include "sfu/pipe_command.hpp"

namespace greenroom::sfu {

class Room;
struct PeerTransport;
struct DataConsumer;

struct DataProducer {
  DataProducerId id;
  PeerId peer;
  PeerTransport* transport = nullptr;  // none: it comes from another shard
  wire::SctpStreamParameters parameters;
  std::string label, protocol;
  boost::json::value app_data;
  std::vector<DataConsumer*> consumers;
  struct Export {
    ShardIndex to;
    PipeNumber number = 0;
  };
  std::vector<Export> exports = {};
  PipeNumber import_number = 0;
  Room* room = nullptr;  // of an import
};

struct DataConsumer {
  DataConsumerId id;
  DataProducer* source = nullptr;
  PeerTransport* transport = nullptr;
  sctp::StreamId stream;
  sctp::Reliability reliability;
};

}  // namespace greenroom::sfu
