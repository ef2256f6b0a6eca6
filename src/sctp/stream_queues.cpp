#include "sctp/stream_queues.hpp"

#include <algorithm>

namespace greenroom::sctp {

void StreamQueues::push(std::shared_ptr<OutMessage> message) {
  auto& stream = streams_[message->stream];
  if (stream.messages.empty()) turns_.push_back(message->stream);
  stream.bytes += message->payload->size();
  bytes_ += message->payload->size();
  stream.messages.push_back(std::move(message));
}

void StreamQueues::drop_front() {
  const auto id = turns_.front();
  auto& stream = streams_[id];
  stream.bytes -= stream.messages.front()->left();
  bytes_ -= stream.messages.front()->left();
  stream.messages.pop_front();
  turns_.pop_front();
  if (!stream.messages.empty()) turns_.push_back(id);
}

std::shared_ptr<OutMessage> StreamQueues::front(base::Instant now) {
  while (!turns_.empty()) {
    const auto& message = streams_[turns_.front()].messages.front();
    if (message->cut > 0 || message->expires > now) return message;
    drop_front();
  }
  return nullptr;
}

void StreamQueues::begin(OutMessage& message) {
  if (message.ordered) message.ssn = streams_[message.stream].next_ssn++;
}

void StreamQueues::cut(OutMessage& message, std::size_t bytes) {
  message.cut += bytes;
  streams_[message.stream].bytes -= bytes;
  bytes_ -= bytes;
}

void StreamQueues::finish() { drop_front(); }

void StreamQueues::discard(StreamId id) {
  const auto found = streams_.find(id);
  if (found == streams_.end() || found->second.messages.empty()) return;
  auto& stream = found->second;
  const std::size_t keep = stream.messages.front()->cut > 0 ? 1 : 0;
  while (stream.messages.size() > keep) {
    stream.bytes -= stream.messages.back()->left();
    bytes_ -= stream.messages.back()->left();
    stream.messages.pop_back();
  }
  if (keep == 0) std::erase(turns_, id);
}

void StreamQueues::restart(StreamId id) {
  const auto found = streams_.find(id);
  if (found == streams_.end()) return;
  found->second.next_ssn = 0;
  if (found->second.messages.empty()) streams_.erase(found);
}

void StreamQueues::clear() {
  streams_.clear();
  turns_.clear();
  bytes_ = 0;
}

bool StreamQueues::waiting(StreamId id) const {
  const auto found = streams_.find(id);
  return found != streams_.end() && !found->second.messages.empty();
}

std::size_t StreamQueues::bytes(StreamId id) const {
  const auto found = streams_.find(id);
  return found == streams_.end() ? 0 : found->second.bytes;
}

}  // namespace greenroom::sctp
