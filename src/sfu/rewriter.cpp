#include "sfu/rewriter.hpp"

#include "base/assert.hpp"

namespace greenroom::sfu {
namespace {
constexpr std::int64_t min_step = 90;  // a millisecond of video: two pictures never share a timestamp over a switch
constexpr std::uint16_t picture_mask = 0x7fff;  // RFC 7741 §4.2: 15 bits, or the 7 lowest of them
}  // namespace

Rewriter::Rewriter(std::size_t history) : entries_(history), links_(history) {}

void Rewriter::switch_to(std::uint8_t source, const Incoming& first, std::int64_t time_delta) {
  ++epoch_;
  source_ = source;
  first_ = next_in_ = first.seq;
  skipped_picture_.reset();
  time_delta_ = time_delta;
  if (last_time_) {
    const auto step = distance(first.time + time_delta_, *last_time_);
    if (step < min_step) time_delta_ += min_step - step;
  }
  if (first.vp8 && first.vp8->picture_id && last_picture_) {
    picture_offset_ = std::uint16_t(*last_picture_ + 1 - *first.vp8->picture_id);
  }
  if (first.vp8 && first.vp8->tl0_picture_index && last_tl0_) {
    tl0_offset_ = std::uint8_t(*last_tl0_ + 1 - *first.vp8->tl0_picture_index);
  }
}

// Gives the next outgoing number to an incoming one.
void Rewriter::reserve(wire::ExtSeq in) {
  auto& entry = entries_[next_out_.value % entries_.size()];
  entry = {in, next_out_, time_delta_, epoch_, picture_offset_, tl0_offset_, source_, false, {}, {}};
  links_[in.value % links_.size()] = {in, next_out_, epoch_};
  next_out_ = next_out_ + 1;
}

// Packets between the last and this one are under way, or lost: either way their numbers are theirs.
void Rewriter::advance_to(wire::ExtSeq in) {
  if (in - next_in_ > std::int64_t(links_.size())) next_in_ = in;  // a restart of the stream: no hole is worth keeping
  while (next_in_ < in) {
    reserve(next_in_);
    next_in_ = next_in_ + 1;
  }
}

Placement Rewriter::apply(Entry& entry, const Incoming& packet) {
  Placement placement{entry.out.seq(), packet.time + entry.time_delta, {}};
  if (packet.vp8 && packet.vp8->picture_id) {
    placement.vp8.picture_id = std::uint16_t((*packet.vp8->picture_id + entry.picture_offset) & picture_mask);
  }
  if (packet.vp8 && packet.vp8->tl0_picture_index) {
    placement.vp8.tl0_picture_index = std::uint8_t(*packet.vp8->tl0_picture_index + entry.tl0_offset);
  }
  entry.placed = true;
  entry.placement = placement;
  return placement;
}

std::optional<Placement> Rewriter::place(const Incoming& packet) {
  if (epoch_ == 0 || packet.seq < first_) return std::nullopt;
  const bool newest = packet.seq >= next_in_;
  if (newest) {
    advance_to(packet.seq);
    reserve(packet.seq);
    next_in_ = packet.seq + 1;
  }
  const auto& link = links_[packet.seq.value % links_.size()];
  if (link.epoch != epoch_ || link.in != packet.seq) return std::nullopt;
  auto& entry = entries_[link.out.value % entries_.size()];
  if (entry.out != link.out || entry.placed) return std::nullopt;
  const auto placement = apply(entry, packet);
  if (newest) {
    last_time_ = placement.time;
    if (placement.vp8.picture_id) last_picture_ = placement.vp8.picture_id;
    if (placement.vp8.tl0_picture_index) last_tl0_ = placement.vp8.tl0_picture_index;
  }
  return placement;
}

void Rewriter::skip(const Incoming& packet) {
  if (epoch_ == 0 || packet.seq < next_in_) return;
  advance_to(packet.seq);
  next_in_ = packet.seq + 1;
  if (!packet.vp8 || !packet.vp8->picture_id || packet.vp8->picture_id == skipped_picture_) return;
  skipped_picture_ = packet.vp8->picture_id;
  --picture_offset_;
}

std::optional<Rewriter::Origin> Rewriter::origin(wire::SeqNo outgoing) const {
  const auto out = next_out_ + distance(outgoing, next_out_.seq());
  const auto& entry = entries_[out.value % entries_.size()];
  if (entry.out != out || !entry.placed) return std::nullopt;
  return Origin{entry.source, entry.in, entry.placement};
}

bool Rewriter::may_repeat(wire::SeqNo outgoing, base::Instant now, base::Duration rtt) {
  const auto out = next_out_ + distance(outgoing, next_out_.seq());
  auto& entry = entries_[out.value % entries_.size()];
  if (entry.out != out || (entry.repeated != base::Instant{} && now - entry.repeated < rtt)) return false;
  entry.repeated = now;
  return true;
}

}  // namespace greenroom::sfu
