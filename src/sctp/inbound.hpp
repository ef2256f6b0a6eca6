// The receiving half of an association: what has arrived, what is acknowledged when (RFC 9260 §6.2), and the messages
// that come of it. Owned by Association. Invariant: what is held is at most twice the window that was announced.
#pragma once
#include <array>
#include <optional>
#include <string_view>

#include "sctp/message.hpp"
#include "sctp/reassembly.hpp"
#include "sctp/received_tsns.hpp"

namespace greenroom::sctp {

inline constexpr base::Duration sack_delay = std::chrono::milliseconds(100);  // §6.2 allows up to 200
inline constexpr std::size_t max_duplicates = 16;                             // reported in one SACK

class Inbound {
 public:
  Inbound(std::uint32_t initial_tsn, const Config& config)
      : config_(config), received_(first_tsn(initial_tsn) - 1), reassembly_(config.max_message, config.streams) {}

  // Each says what the peer did wrong, if it did.
  std::optional<std::string_view> on_data(const wire::SctpData& data);
  void on_forward_tsn(const wire::SctpForwardTsn& forward);
  void packet_ended(base::Instant now);  // decides when to acknowledge

  bool sack_due(base::Instant now) const { return sack_now_ || sack_at_ <= now; }
  base::Instant next_deadline() const { return sack_now_ ? base::Instant::min() : sack_at_; }
  void write_sack(wire::SctpPacketWriter& writer);

  std::optional<Message> next();
  bool has_next() const { return reassembly_.has_next(); }
  Tsn cumulative() const { return received_.cumulative(); }
  void reset(StreamId stream) { reassembly_.reset(stream); }
  std::size_t held() const { return reassembly_.held(); }

 private:
  std::uint32_t window() const;

  Config config_;
  ReceivedTsns received_;
  Reassembly reassembly_;
  std::uint32_t announced_window_;
  std::array<std::uint32_t, max_duplicates> duplicates_{};
  std::size_t duplicate_count_ = 0;
  bool data_in_packet_ = false, sack_now_ = false, acknowledged_any_ = false;
  int packets_unacknowledged_ = 0;
  base::Instant sack_at_ = base::Instant::max();
};

}  // namespace greenroom::sctp
