#include "sfu/rewriter.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "base/prefetch.hpp"

namespace greenroom::sfu {
namespace {
constexpr std::int64_t min_step = 90;  // a millisecond of video: two pictures never share a timestamp over a switch
constexpr std::int32_t remembered = 90'000;  // a second of video: what a receiver asks for again is hardly older
constexpr std::size_t min_history = 128;

std::uint16_t milliseconds(base::Instant t) {
  return std::uint16_t(t.time_since_epoch() / std::chrono::milliseconds(1));
}
}  // namespace

Rewriter::Rewriter(std::size_t history) : history_(history), entries_(std::min(history, min_history)) {
  GREENROOM_ASSERT(history <= 0x8000);
}

void Rewriter::go_on_from(const End& before, std::int64_t gap) {
  next_out_ = before.next;
  last_time_ = before.time;
  last_picture_ = before.picture;
  last_tl0_ = before.tl0;
  gap_ = gap;
}

void Rewriter::switch_to(std::uint8_t source, const Incoming& first, std::int64_t time_delta) {
  if (gap_ && last_time_) base_delta_ = distance(*last_time_ + *gap_, first.time + time_delta);
  gap_.reset();
  time_delta += base_delta_;
  if (++epoch_ == 0) epoch_ = 1;
  source_ = source;
  first_ = next_in_ = first.seq;
  skipped_picture_.reset();
  time_delta_ = time_delta;
  if (last_time_) {
    const auto step = distance(first.time + time_delta_, *last_time_);
    if (step < min_step) time_delta_ += min_step - step;
  }
  const auto& picture = first.picture;
  if (picture.has_picture_id() && last_picture_) {
    picture_offset_ = std::uint16_t(*last_picture_ + 1 - picture.numbers.picture_id);
  }
  if (picture.tl0_at && last_tl0_) tl0_offset_ = std::uint8_t(*last_tl0_ + 1 - picture.numbers.tl0);
}

// Doubles the memory when a packet would be forgotten that may still be asked for.
void Rewriter::grow_when_young(const Entry& oldest) {
  const bool young = oldest.placed && last_time_ && distance(*last_time_, {oldest.time}) < remembered;
  if (!young || entries_.size() * 2 > history_) return;
  std::vector<Entry> larger(entries_.size() * 2);
  for (const auto& entry : entries_) larger[entry.out % larger.size()] = entry;
  entries_ = std::move(larger);
}

// Gives the next outgoing number to an incoming one.
void Rewriter::reserve(wire::ExtSeq in) {
  grow_when_young(entry_of(next_out_));
  auto& entry = entry_of(next_out_);  // written in place: a copy would be read before its parts have been stored
  entry.in = std::uint32_t(in.value);
  entry.out = next_out_.seq().value;
  entry.time = std::uint32_t(time_delta_);
  entry.epoch = epoch_;
  entry.picture_id = picture_offset_;
  entry.tl0 = tl0_offset_;
  entry.source = source_;
  entry.repeated_ms = 0;
  entry.placed = entry.marker = entry.blank = false;
  next_out_ = next_out_ + 1;
}

// Packets between the last and this one are under way, or lost: either way their numbers are theirs.
void Rewriter::advance_to(wire::ExtSeq in) {
  if (in - next_in_ > std::int64_t(history_)) next_in_ = in;  // a restart of the stream: no hole is worth keeping
  while (next_in_ < in) {
    reserve(next_in_);
    next_in_ = next_in_ + 1;
  }
}

Placement Rewriter::placement_of(const Entry& entry) const {
  return {{entry.out}, {entry.time}, {entry.picture_id, entry.tl0}, entry.marker, entry.blank};
}

Placement Rewriter::apply(Entry& entry, const Incoming& packet) {
  const auto& in = packet.picture.numbers;
  entry.time += packet.time.value;
  entry.picture_id = std::uint16_t(entry.picture_id + in.picture_id);
  entry.tl0 = std::uint8_t(entry.tl0 + in.tl0);
  entry.marker = packet.marker;
  entry.blank = packet.blank;
  entry.placed = true;
  return placement_of(entry);
}

// Numbers of one epoch rise together, and what is looked for is nearly always the newest.
Rewriter::Entry* Rewriter::find_incoming(wire::ExtSeq in) {
  for (std::size_t back = 1; back <= entries_.size(); ++back) {
    const auto out = next_out_ + -std::int64_t(back);
    auto& entry = entry_of(out);
    if (entry.out != out.seq().value || entry.epoch != epoch_) return nullptr;
    if (const auto found = incoming(entry); found <= in) return found == in ? &entry : nullptr;
  }
  return nullptr;
}

wire::ExtSeq Rewriter::incoming(const Entry& entry) const {
  return next_in_ + std::int32_t(entry.in - std::uint32_t(next_in_.value));
}

Rewriter::Entry* Rewriter::find(wire::SeqNo outgoing) {
  const auto out = next_out_ + distance(outgoing, next_out_.seq());
  auto& entry = entry_of(out);
  return entry.out == out.seq().value && entry.placed ? &entry : nullptr;
}

std::optional<Placement> Rewriter::place(const Incoming& packet) {
  if (epoch_ == 0 || packet.seq < first_) return std::nullopt;
  const bool newest = packet.seq >= next_in_;
  if (newest) {
    advance_to(packet.seq);
    reserve(packet.seq);
    next_in_ = packet.seq + 1;
  }
  auto* entry = find_incoming(packet.seq);
  if (!entry || entry->placed) return std::nullopt;
  const auto placement = apply(*entry, packet);
  if (newest) {
    last_time_ = placement.time;
    if (packet.picture.has_picture_id()) last_picture_ = placement.picture.picture_id;
    if (packet.picture.tl0_at) last_tl0_ = placement.picture.tl0;
  }
  return placement;
}

void Rewriter::fetch_ahead() const {
  base::prefetch(&entries_[next_out_.value & (entries_.size() - 1)], 6 * sizeof(Entry));
}

void Rewriter::skip(const Incoming& packet) {
  if (epoch_ == 0 || packet.seq < next_in_) return;
  advance_to(packet.seq);
  next_in_ = packet.seq + 1;
  const auto& picture = packet.picture;
  if (!picture.closes_up || !picture.has_picture_id() || picture.numbers.picture_id == skipped_picture_) return;
  skipped_picture_ = picture.numbers.picture_id;
  --picture_offset_;
}

std::optional<Rewriter::Origin> Rewriter::origin(wire::SeqNo outgoing) {
  const auto* entry = find(outgoing);
  if (!entry) return std::nullopt;
  return Origin{entry->source, incoming(*entry), placement_of(*entry)};
}

bool Rewriter::may_repeat(wire::SeqNo outgoing, base::Instant now, base::Duration rtt) {
  auto* entry = find(outgoing);
  const auto now_ms = milliseconds(now);
  if (!entry) return false;
  const auto since = std::chrono::milliseconds(std::uint16_t(now_ms - entry->repeated_ms));
  if (entry->repeated_ms != 0 && since < rtt) return false;
  entry->repeated_ms = std::max<std::uint16_t>(now_ms, 1);
  return true;
}

}  // namespace greenroom::sfu
