// The requests, results and notices of data channels; see messages.hpp.
#pragma once
#include <optional>
#include <string>

#include "studio/stage.hpp"
#include "wire/json.hpp"
#include "wire/ortc.hpp"

namespace greenroom::api::realtime {

inline constexpr std::size_t label_bytes_max = 1024;

struct DataProducerInfo {
  sfu::DataProducerId data_producer_id;
  sfu::PeerId peer_id;
  std::string user_id;
  std::optional<std::string> participant_id;
  std::string label;
  std::string protocol;
  boost::json::value app_data;
};
BOOST_DESCRIBE_STRUCT(DataProducerInfo, (),
                      (data_producer_id, peer_id, user_id, participant_id, label, protocol, app_data))

struct ProduceDataRequest {
  sfu::TransportId transport_id;
  wire::SctpStreamParameters sctp_stream_parameters;
  std::optional<std::string> label;
  std::optional<std::string> protocol;
  std::optional<boost::json::object> app_data;
};
BOOST_DESCRIBE_STRUCT(ProduceDataRequest, (), (transport_id, sctp_stream_parameters, label, protocol, app_data))
struct ProduceDataResult {
  sfu::DataProducerId id;
  studio::Revision revision = 0;
};
BOOST_DESCRIBE_STRUCT(ProduceDataResult, (), (id, revision))
struct DataProducerRequest {
  sfu::DataProducerId data_producer_id;
};
BOOST_DESCRIBE_STRUCT(DataProducerRequest, (), (data_producer_id))

struct ConsumeDataRequest {
  sfu::TransportId transport_id;
  sfu::DataProducerId data_producer_id;
};
BOOST_DESCRIBE_STRUCT(ConsumeDataRequest, (), (transport_id, data_producer_id))
struct ConsumeDataResult {
  sfu::DataConsumerId id;
  sfu::DataProducerId data_producer_id;
  wire::SctpStreamParameters sctp_stream_parameters;
  std::string label;
  std::string protocol;
};
BOOST_DESCRIBE_STRUCT(ConsumeDataResult, (), (id, data_producer_id, sctp_stream_parameters, label, protocol))
struct DataConsumerRequest {
  sfu::DataConsumerId data_consumer_id;
};
BOOST_DESCRIBE_STRUCT(DataConsumerRequest, (), (data_consumer_id))

struct NewDataProducerNotice : DataProducerInfo {
  studio::Revision revision = 0;
};
BOOST_DESCRIBE_STRUCT(NewDataProducerNotice, (DataProducerInfo), (revision))
struct DataProducerNotice {
  sfu::DataProducerId data_producer_id;
  sfu::PeerId peer_id;
  studio::Revision revision = 0;
};
BOOST_DESCRIBE_STRUCT(DataProducerNotice, (), (data_producer_id, peer_id, revision))
struct DataConsumerClosedNotice {
  sfu::DataConsumerId data_consumer_id;
  sfu::DataProducerId data_producer_id;
  sfu::DataEnd reason = sfu::DataEnd::producer_closed;
};
BOOST_DESCRIBE_STRUCT(DataConsumerClosedNotice, (), (data_consumer_id, data_producer_id, reason))

DataProducerInfo to_message(const studio::StageDataProducer& producer);

constexpr wire::FieldRule field_rule(const ProduceDataRequest*, std::string_view member) {
  if (member == "label" || member == "protocol") return {.max_length = label_bytes_max};
  return {};
}

}  // namespace greenroom::api::realtime
