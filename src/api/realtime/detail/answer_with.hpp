// From what the stage answers to an event's result. For signaling*.cpp only.
#pragma once
#include <utility>

#include "api/realtime/signaling.hpp"

namespace greenroom::api::realtime {

// Passes a stage's answer on as a result made from it.
template <class Answer, class Result, class Make>
auto answer_with(Signaling::Reply<Result> reply, Make make) {
  return [reply = std::move(reply), make](base::Result<Answer> answer) {
    if (!answer) return reply(tl::unexpected(std::move(answer).error()));
    reply(make(*std::move(answer)));
  };
}

template <class Result>
auto done(Signaling::Reply<Result> reply) {
  return answer_with<sfu::Done, Result>(std::move(reply), [](sfu::Done) { return Result{}; });
}

// The room was told before the answer is made: its revision is the one that this made.
template <class Result>
auto done_with_revision(const studio::Stage& stage, const SocketId& id, Signaling::Reply<Result> reply) {
  return answer_with<sfu::Done, Result>(std::move(reply), [&stage, id](sfu::Done) {
    Result result;
    result.revision = stage.revision(id);
    return result;
  });
}

}  // namespace greenroom::api::realtime
