// Data producers and consumers.
#include "studio/detail/stage_own.hpp"
#include "studio/stage.hpp"

namespace greenroom::studio {

void Stage::produce_data(const Seat& seat, ProduceDataRequest request, Answer<sfu::DataProduced> answer) {
  auto sitting = with_transport(seat, request.transport, sfu::Direction::send);
  if (!sitting) return answer(tl::unexpected(sitting.error()));
  if (!(*sitting)->visitor.may.has(Permission::send_data)) {
    return answer(base::fail(stage_errors::may_not_produce, "you may not send data here"));
  }
  DataProducerSummary summary{{}, (*sitting)->peer, request.label, request.protocol, request.app_data};
  sfu::ProduceData command{{(*sitting)->room},         (*sitting)->peer,
                           request.transport,          request.sctp_stream_parameters,
                           std::move(request.label),   std::move(request.protocol),
                           std::move(request.app_data)};
  forward<sfu::DataProduced, sfu::DataProduced>(seat, std::move(command), std::move(answer),
                                                [this, seat, summary](Sitting& s, sfu::DataProduced produced) mutable {
                                                  summary.producer = produced.producer;
                                                  add_producer(seat, s, std::move(summary));
                                                  return produced;
                                                });
}

void Stage::consume_data(const Seat& seat, sfu::TransportId transport, sfu::DataProducerId producer,
                         Answer<sfu::DataConsumed> answer) {
  auto sitting = with_transport(seat, transport, sfu::Direction::recv);
  if (!sitting) return answer(tl::unexpected(sitting.error()));
  if (auto allowed = may_consume(**sitting, producer); !allowed) return answer(tl::unexpected(allowed.error()));
  forward<sfu::DataConsumed, sfu::DataConsumed>(
      seat, sfu::ConsumeData{{(*sitting)->room}, (*sitting)->peer, transport, producer}, std::move(answer),
      [](Sitting& s, sfu::DataConsumed consumed) {
        own<sfu::DataConsumerId>(s).insert(consumed.consumer);
        return consumed;
      });
}

void Stage::close_data_producer(const Seat& seat, sfu::DataProducerId id, Done answer) {
  close_own<sfu::CloseDataProducer>(seat, id, std::move(answer));
}
void Stage::close_data_consumer(const Seat& seat, sfu::DataConsumerId id, Done answer) {
  close_own<sfu::CloseDataConsumer>(seat, id, std::move(answer));
}

base::Result<std::vector<StageDataProducer>> Stage::data_producers(const Seat& seat) const {
  return producers_of_others<sfu::DataProducerId>(seat);
}

}  // namespace greenroom::studio
