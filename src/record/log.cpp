#include "record/log.hpp"

#include <array>

#include "base/assert.hpp"
#include "wire/crc32.hpp"

namespace greenroom::record {
namespace {

constexpr std::array<std::uint8_t, 5> start{'G', 'R', 'L', 'G', 1};
constexpr std::size_t record_head_size = 8;

enum RecordType : std::uint8_t { type_header = 1, type_packet = 2, type_sender_report = 3, type_end = 4 };

void append(base::Bytes& out, std::uint64_t value, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out.push_back(std::uint8_t(value >> shift));
}
void append(base::Bytes& out, base::WallTime t) { append(out, std::uint64_t(base::to_micros(t)), 8); }
void append(base::Bytes& out, std::string_view text) {
  text = text.substr(0, log_text_size_max);
  append(out, text.size(), 2);
  out.insert(out.end(), text.begin(), text.end());
}

void write_body(const TrackHeader& h, base::Bytes& out) {
  out.push_back(type_header);
  for (const auto* text : {&h.recording, &h.track, &h.participant, &h.source, &h.kind, &h.mime_type})
    append(out, *text);
  append(out, h.clock_rate, 4);
  append(out, h.channels, 1);
  append(out, h.started);
}
void write_body(const LoggedPacket& packet, base::Bytes& out) {
  out.push_back(type_packet);
  append(out, packet.arrival);
  out.insert(out.end(), packet.rtp.begin(), packet.rtp.end());
}
void write_body(const LoggedSenderReport& report, base::Bytes& out) {
  out.push_back(type_sender_report);
  append(out, report.arrival);
  append(out, report.ntp, 8);
  append(out, report.rtp_time, 4);
}
void write_body(const LoggedEnd& end, base::Bytes& out) {
  out.push_back(type_end);
  append(out, end.at);
}

base::WallTime read_time(base::ByteReader& in) { return base::wall_from_micros(std::int64_t(in.u64())); }

std::optional<LogRecord> read_header(base::ByteReader& in) {
  TrackHeader h;
  for (auto* text : {&h.recording, &h.track, &h.participant, &h.source, &h.kind, &h.mime_type}) {
    const std::size_t size = in.u16();
    if (size > log_text_size_max) return std::nullopt;
    *text = base::as_text(in.take(size));
  }
  h.clock_rate = in.u32();
  h.channels = in.u8();
  h.started = read_time(in);
  return in.ok() ? std::optional<LogRecord>(std::move(h)) : std::nullopt;
}

std::optional<LogRecord> read_body(base::ByteView body) {
  base::ByteReader in(body);
  std::optional<LogRecord> record;
  switch (in.u8()) {
    case type_header:
      return read_header(in);
    case type_packet: {
      const auto arrival = read_time(in);
      record = LoggedPacket{arrival, in.rest()};
      break;
    }
    case type_sender_report: {
      const auto arrival = read_time(in);
      const auto ntp = in.u64();
      record = LoggedSenderReport{arrival, ntp, in.u32()};
      break;
    }
    case type_end:
      record = LoggedEnd{read_time(in)};
      break;
    default:
      break;
  }
  return in.ok() ? record : std::nullopt;
}

}  // namespace

void write_log_start(base::Bytes& out) { out.insert(out.end(), start.begin(), start.end()); }

void write_log_record(const LogRecord& record, base::Bytes& out) {
  const std::size_t head = out.size();
  out.resize(head + record_head_size);
  std::visit([&](const auto& value) { write_body(value, out); }, record);
  const auto body = base::ByteView(out).subspan(head + record_head_size);
  GREENROOM_ASSERT(body.size() <= log_record_size_max);
  const auto size = std::uint32_t(body.size()), crc = wire::crc32(body);
  base::store_u32(out.data() + head, size);
  base::store_u32(out.data() + head + 4, crc);
}

LogReader::LogReader(base::ByteView log) : log_(log) {
  valid_ = log.size() >= start.size() && std::equal(start.begin(), start.end(), log.begin());
  at_ = valid_ ? start.size() : 0;
  stopped_ = !valid_;
}

std::optional<LogRecord> LogReader::next() {
  if (stopped_) return std::nullopt;
  stopped_ = true;
  base::ByteReader in(log_.subspan(at_));
  const std::size_t size = in.u32();
  const std::uint32_t crc = in.u32();
  if (!in.ok() || size > log_record_size_max || size > in.left()) return std::nullopt;
  const auto body = in.take(size);
  if (wire::crc32(body) != crc) return std::nullopt;
  auto record = read_body(body);
  if (!record) return std::nullopt;
  at_ += record_head_size + size;
  stopped_ = false;
  return record;
}

}  // namespace greenroom::record
