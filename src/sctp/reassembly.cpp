#include "sctp/reassembly.hpp"

#include <iterator>

namespace greenroom::sctp {
namespace {
// What a piece or a waiting message costs besides its bytes: counted, so that many tiny ones are bounded too.
constexpr std::size_t overhead = 128;
}  // namespace

Reassembly::Pieces::iterator Reassembly::left_of(Tsn tsn) {
  const auto after = pieces_.upper_bound(tsn);
  if (after == pieces_.begin()) return pieces_.end();
  const auto before = std::prev(after);
  return before->second.last + 1 == tsn && !before->second.ends ? before : pieces_.end();
}

void Reassembly::append(Piece& left, Piece&& right) {
  left.data.insert(left.data.end(), right.data.begin(), right.data.end());
  left.last = right.last;
  left.ends = right.ends;
}

std::optional<std::string_view> Reassembly::add(const wire::SctpData& data, Tsn tsn, Tsn cumulative) {
  // What begins ends what came before it: a message of which the sender gave up the rest before it sent it.
  const auto left = data.begin ? pieces_.end() : left_of(tsn);
  const bool has_left = left != pieces_.end();
  // What came before this fragment was given up: nothing will ever complete it.
  if (!data.begin && !has_left && tsn <= cumulative + 1) return std::nullopt;
  Piece fresh{tsn,         data.begin, data.end,  data.unordered,
              data.stream, data.ssn,   data.ppid, {data.payload.begin(), data.payload.end()}};
  if (has_left && !left->second.goes_with(fresh)) return "fragments of one message disagree";
  held_ += fresh.data.size();
  auto place = left;
  if (has_left) {
    append(left->second, std::move(fresh));
  } else {
    held_ += overhead;
    place = pieces_.emplace(tsn, std::move(fresh)).first;
  }
  if (const auto right = std::next(place); !place->second.ends && right != pieces_.end() &&
                                           right->first == place->second.last + 1 && !right->second.begins) {
    if (!place->second.goes_with(right->second)) return "fragments of one message disagree";
    append(place->second, std::move(right->second));
    held_ -= overhead;
    pieces_.erase(right);
  }
  if (place->second.data.size() > max_message_) return "a message is longer than agreed on";
  if (place->second.begins && place->second.ends) complete(place);
  return std::nullopt;
}

void Reassembly::complete(Pieces::iterator place) {
  auto piece = std::move(place->second);
  pieces_.erase(place);
  Message message{{piece.stream}, piece.ppid, std::make_shared<const base::Bytes>(std::move(piece.data))};
  if (piece.unordered) {
    ready_.push_back(std::move(message));
    return;
  }
  auto& stream = streams_[piece.stream];
  const auto ahead = std::uint16_t(piece.ssn - std::uint16_t(stream.next_ssn));
  if (ahead >= 0x8000 || stream.waiting.contains(stream.next_ssn + ahead)) {  // said twice: the first one counts
    held_ -= message.payload->size() + overhead;
    return;
  }
  stream.waiting.emplace(stream.next_ssn + ahead, std::move(message));
  deliver(stream);
}

void Reassembly::deliver(Stream& stream) {
  auto first = stream.waiting.begin();
  while (first != stream.waiting.end() && first->first <= stream.next_ssn) {
    if (first->first == stream.next_ssn) ++stream.next_ssn;
    ready_.push_back(std::move(first->second));
    first = stream.waiting.erase(first);
  }
}

void Reassembly::drop(Pieces::iterator piece) {
  held_ -= piece->second.data.size() + overhead;
  pieces_.erase(piece);
}

void Reassembly::skip(Tsn cumulative, const wire::SctpForwardTsn& forward) {
  while (!pieces_.empty()) {
    const auto first = pieces_.begin();
    const bool orphan = first->first == cumulative + 1 && !first->second.begins;
    if (first->first > cumulative && !orphan) break;
    drop(first);
  }
  for (std::size_t i = 0; i < forward.stream_count(); ++i) {
    const auto skipped = forward.stream(i);
    if (skipped.stream >= streams_max_) continue;
    auto& stream = streams_[skipped.stream];
    const auto ahead = std::uint16_t(skipped.ssn - std::uint16_t(stream.next_ssn));
    if (ahead >= 0x8000) continue;  // an old one
    const auto next = stream.next_ssn + ahead + 1;
    for (auto first = stream.waiting.begin(); first != stream.waiting.end() && first->first < next;) {
      ready_.push_back(std::move(first->second));
      first = stream.waiting.erase(first);
    }
    stream.next_ssn = next;
    deliver(stream);
  }
}

void Reassembly::reset(StreamId id) {
  const auto found = streams_.find(id.value);
  if (found == streams_.end()) return;
  for (const auto& [ssn, message] : found->second.waiting) held_ -= message.payload->size() + overhead;
  streams_.erase(found);
}

std::optional<Message> Reassembly::next() {
  if (ready_.empty()) return std::nullopt;
  auto message = std::move(ready_.front());
  ready_.pop_front();
  held_ -= message.payload->size() + overhead;
  return message;
}

}  // namespace greenroom::sctp
