// The receiving end of one producer on one transport: its encodings, each with a stream and perhaps a retransmission
// stream, and which SSRC belongs to which of them (RFC 8843 §9.2: by SSRC where it was declared, otherwise by the mid
// and rid that the first packets carry). Owned by a Transport.
#pragma once
#include <array>
#include <cstdint>
#include <optional>

#include "rtc/keyframe_requests.hpp"
#include "rtc/negotiation.hpp"
#include "rtc/receive_stream.hpp"
#include "rtc/stream_quality.hpp"
#include "wire/rtp.hpp"

namespace greenroom::rtc {

class Receiver {
 public:
  explicit Receiver(ProducerPlan plan);

  struct Match {
    std::uint8_t encoding = 0;
    bool rtx = false;
  };
  std::optional<Match> match(const wire::RtpView& packet);

  struct Encoding {
    std::optional<wire::Ssrc> ssrc, rtx_ssrc;
    std::optional<ReceiveStream> stream;  // from the moment the SSRC is known
    KeyframeRequests keyframe;
    std::uint64_t keyframe_requests = 0, keyframe_requests_counted = 0;
    StreamQuality quality;
  };
  const ProducerPlan& plan() const { return plan_; }
  std::size_t size() const { return plan_.encodings.size(); }
  Encoding& encoding(std::size_t i) { return encodings_[i]; }
  const Encoding& encoding(std::size_t i) const { return encodings_[i]; }
  bool paused = false;  // no repairs and no key frames are asked for

 private:
  std::optional<Match> learn(const wire::RtpView& packet);
  std::optional<std::string_view> text(const wire::RtpView& packet, std::uint8_t id) const;
  void bind(std::size_t encoding, wire::Ssrc ssrc);

  ProducerPlan plan_;
  std::array<Encoding, max_encodings> encodings_;
};

}  // namespace greenroom::rtc
