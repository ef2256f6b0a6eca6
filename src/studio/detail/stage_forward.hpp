// How the stage sends a seat's command to the SFU and what becomes of the reply. For stage*.cpp only.
#pragma once
#include "studio/stage.hpp"

namespace greenroom::studio {

inline base::Error unexpected_reply() {
  return {{base::ErrorKind::internal, "stage.unexpected_reply"}, "the media server answered something else", {}};
}

template <class Reply, class T>
void Stage::forward(const Seat& seat, sfu::CommandBody command, Answer<T> answer,
                    std::function<T(Sitting&, Reply)> then) {
  auto& sitting = sittings_.at(seat);
  if (sitting.in_flight >= calls_in_flight_max) {
    return answer(base::fail(stage_errors::busy, "too many calls at once"));
  }
  ++sitting.in_flight;
  gateway_.call(std::move(command), [weak = std::weak_ptr(self_), seat, stay = sitting.stay, answer = std::move(answer),
                                     then = std::move(then)](base::Result<sfu::ReplyBody> reply) {
    const auto self = weak.lock();
    if (!self) return;
    auto* still = (*self)->find(seat);
    if (still) --still->in_flight;
    if (!still || still->stay != stay) return answer(base::fail(stage_errors::left, "left the room meanwhile"));
    if (!reply) return answer(tl::unexpected(std::move(reply).error()));
    auto* wanted = std::get_if<Reply>(&*reply);
    if (!wanted) return answer(tl::unexpected(unexpected_reply()));
    answer(then(*still, std::move(*wanted)));
  });
}

}  // namespace greenroom::studio
