// The events of data channels: from a validated request to the stage, from its answer to a result.
#include "api/realtime/detail/answer_with.hpp"
#include "api/realtime/signaling.hpp"

namespace greenroom::api::realtime {

void Signaling::produce_data(const SocketId& id, ProduceDataRequest request, Reply<ProduceDataResult> reply) {
  boost::json::value app_data = request.app_data ? std::move(*request.app_data) : boost::json::object();
  if (wire::print_json(app_data).size() > app_data_max) {
    return reply(base::fail(errors::invalid_request, "appData: is too large"));
  }
  stage_.produce_data(
      id,
      {request.transport_id, request.sctp_stream_parameters, std::move(request.label).value_or(""),
       std::move(request.protocol).value_or(""), std::move(app_data)},
      answer_with<sfu::DataProduced, ProduceDataResult>(std::move(reply), [this, id](sfu::DataProduced p) {
        return ProduceDataResult{p.producer, stage_.revision(id)};
      }));
}

void Signaling::close_data_producer(const SocketId& id, DataProducerRequest request,
                                    Reply<ProducerClosedResult> reply) {
  stage_.close_data_producer(id, request.data_producer_id, done_with_revision(stage_, id, std::move(reply)));
}

void Signaling::consume_data(const SocketId& id, ConsumeDataRequest request, Reply<ConsumeDataResult> reply) {
  stage_.consume_data(id, request.transport_id, request.data_producer_id,
                      answer_with<sfu::DataConsumed, ConsumeDataResult>(std::move(reply), [](sfu::DataConsumed c) {
                        return ConsumeDataResult{c.consumer, c.producer, c.sctp_stream_parameters, std::move(c.label),
                                                 std::move(c.protocol)};
                      }));
}

void Signaling::close_data_consumer(const SocketId& id, DataConsumerRequest request, Reply<ClosedResult> reply) {
  stage_.close_data_consumer(id, request.data_consumer_id, done(std::move(reply)));
}

}  // namespace greenroom::api::realtime
