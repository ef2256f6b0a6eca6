// For tests: a media gateway without an SFU. It keeps commands until told to answer them, each with a plausible reply.
#pragma once
#include <algorithm>
#include <functional>
#include <optional>
#include <vector>

#include "base/rng.hpp"
#include "studio/media_gateway.hpp"

namespace greenroom::studio {

template <class IdType>
IdType make_test_id() {
  static base::SeededRng rng(1);
  return IdType::make(base::WallTime{}, rng);
}

// Answers every command plausibly, when told to.
class TestMediaGateway final : public MediaGateway {
 public:
  void call(sfu::CommandBody command, MediaAnswer answered) override {
    calls.push_back({std::move(command), std::move(answered)});
    if (called) called();
  }
  void answer_all() {
    while (!calls.empty()) {
      auto [command, answered] = std::move(calls.front());
      calls.erase(calls.begin());
      seen.push_back(command.index());
      answered(fail_next ? base::Result<sfu::ReplyBody>(base::fail(*std::exchange(fail_next, std::nullopt), "no"))
                         : std::visit([this](const auto& c) { return reply(c); }, command));
    }
  }
  template <class Command>
  std::size_t count() const {
    const auto index = sfu::CommandBody(Command{}).index();
    return std::size_t(std::count(seen.begin(), seen.end(), index));
  }

  struct Call {
    sfu::CommandBody command;
    MediaAnswer answered;
  };
  std::vector<Call> calls;
  std::function<void()> called;  // may post answer_all
  std::vector<std::size_t> seen;
  std::optional<base::ErrorCode> fail_next;

 private:
  sfu::ReplyBody reply(const sfu::CreateRoom&) { return sfu::RoomCreated{}; }
  sfu::ReplyBody reply(const sfu::JoinRoom&) { return sfu::Joined{make_test_id<sfu::PeerId>()}; }
  sfu::ReplyBody reply(const sfu::CreateTransport&) {
    return sfu::TransportCreated{make_test_id<sfu::TransportId>(), {}, {}, {}};
  }
  sfu::ReplyBody reply(const sfu::Produce&) { return sfu::Produced{make_test_id<sfu::ProducerId>()}; }
  sfu::ReplyBody reply(const sfu::Consume& c) {
    return sfu::Consumed{make_test_id<sfu::ConsumerId>(), c.producer, wire::MediaKind::audio, {}, false, false, false};
  }
  sfu::ReplyBody reply(const sfu::GetPeerStats& c) {
    sfu::PeerStats stats;
    stats.peer = c.peer;
    stats.producers.resize(1);
    stats.consumers.resize(1);
    stats.producers[0].jitter_ms = 20;
    stats.producers[0].layers = {{base::Bitrate::kbps(40), 9, 1}};
    stats.consumers[0].score = 7;
    return stats;
  }
  sfu::ReplyBody reply(const sfu::ProduceData&) { return sfu::DataProduced{make_test_id<sfu::DataProducerId>()}; }
  sfu::ReplyBody reply(const sfu::ConsumeData& c) {
    return sfu::DataConsumed{make_test_id<sfu::DataConsumerId>(), c.producer, {}, {}, {}};
  }
  sfu::ReplyBody reply(const sfu::RestartIce&) { return sfu::IceRestarted{}; }
  template <class Other>
  sfu::ReplyBody reply(const Other&) {
    return sfu::Done{};
  }
};

}  // namespace greenroom::studio
