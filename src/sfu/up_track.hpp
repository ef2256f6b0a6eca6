// A producer inside the shard: per encoding the packet cache that all its subscribers share, the rate, and the sender's
// clock, from which the time lines of encodings are aligned. Owned by its Room; the streams that feed it (sequence,
// loss, repairs) belong to the producing transport, or, of a producer on another shard, to the branch it comes from.
// Invariant: packets are stored before anyone is offered them, and a subscriber refers to them by encoding and number
// only.
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "rtc/transport.hpp"
#include "sfu/bitrate_meter.hpp"
#include "sfu/fanout.hpp"
#include "sfu/ids.hpp"
#include "sfu/packet_cache.hpp"
#include "sfu/pipe.hpp"

namespace greenroom::sfu {

class BackupTrack;
class DownTrack;
class Room;
struct PeerTransport;

class UpTrack {
 public:
  UpTrack(ProducerId id, PeerId peer, rtc::ProducerPlan plan, boost::json::value app_data);

  const ProducerId& id() const { return id_; }
  const PeerId& peer() const { return peer_; }
  const rtc::ProducerPlan& plan() const { return plan_; }
  const boost::json::value& app_data() const { return app_data_; }
  wire::MediaKind kind() const { return plan_.kind; }
  std::size_t encodings() const { return plan_.encodings.size(); }
  bool is_screen() const { return is_screen_; }  // as its sender says: appData.source
  // Spatial layers, whether each is an encoding or all are in one.
  std::size_t layers() const { return plan_.svc() ? std::size_t(plan_.spatial_layers) : encodings(); }

  // Copies the packet into the cache; nothing when its payload is larger than any browser's.
  const CachedPacket* store(const rtc::ReceivedRtp& rtp, base::Instant now);
  // f(packet) for what is cached of the encoding after `seq`, in order.
  template <class F>
  void for_each_after(std::uint8_t encoding, wire::ExtSeq seq, F&& f) const {
    for (seq = seq + 1; seq <= layers_[encoding].highest; seq = seq + 1) {
      if (const auto* packet = find(encoding, seq)) f(*packet);
    }
  }
  const CachedPacket* find(std::uint8_t encoding, wire::ExtSeq seq) const;
  // The newest key frame of the encoding and what follows it, but for what waits in the fanout. Nothing when a packet
  // of it is missing, or it is more than so many bytes.
  struct Group {
    wire::ExtSeq first, end;
    std::size_t bytes = 0;
    std::int64_t pictures = 0;
    wire::RtpTime last_time;
  };
  std::optional<Group> group_since_keyframe(std::uint8_t encoding, base::ByteCount at_most) const;

  // Of a spatial layer with those below that it needs.
  base::Bitrate bitrate(std::size_t layer, base::Instant now);
  bool active(std::size_t layer, base::Instant now) const;
  // What added to timestamps of the encoding puts them on the track's time line.
  std::int64_t time_delta(std::size_t encoding) const;
  void set_clock(std::size_t encoding, const rtc::ReceiveStream::SenderClock& clock) {
    layers_[encoding].clock = clock;
  }
  const std::optional<rtc::ReceiveStream::SenderClock>& clock(std::size_t encoding) const {
    return layers_[encoding].clock;
  }
  void forget_keyframe(std::size_t encoding) { layers_[encoding].keyframe.reset(); }  // nobody begins with it
  void drop_caches();  // nobody refers to what is in them
  // The loudest since it was last asked, in dB below full scale; 127 is silence.
  std::uint8_t take_audio_level() { return std::exchange(loudest_, std::uint8_t(127)); }

  base::Instant due_at() const { return fanout.due_at(down_tracks.size()); }  // of what is to be forwarded of it

  bool paused = false;
  Fanout fanout;
  struct Told {
    std::int8_t score = 10;  // by ProducerScore
    std::array<std::int8_t, rtc::max_encodings> encodings{};
  } told;
  std::uint8_t active_before = 0;  // layers, a bit each
  Room* room = nullptr;
  PeerTransport* transport = nullptr;  // that feeds it; outlives it; null: an import
  rtc::ReceiverIndex receiver;
  std::unique_ptr<PipeImport> import;   // exactly where there is no transport
  std::vector<PipeExport> exports;      // to the other branches that consume it
  std::vector<DownTrack*> down_tracks;  // kept by the Room
  std::vector<BackupTrack*> backups;    // likewise

 private:
  struct Layer {
    std::unique_ptr<PacketCache> cache;  // from the first packet on
    wire::ExtSeq highest;
    std::optional<wire::ExtSeq> keyframe;  // where the newest begins
    wire::RtpTime last_time;
    base::Instant last_arrival{};
    std::optional<rtc::ReceiveStream::SenderClock> clock;
    std::unique_ptr<wire::DependencyReader> dependencies;  // where descriptors were negotiated
  };
  struct SpatialLayer {
    BitrateMeter meter;
    base::Instant last_arrival{};
  };
  void describe_video(CachedPacket& slot, const wire::RtpView& packet, Layer& layer);
  void measure(const CachedPacket& packet, std::uint8_t encoding, std::size_t size, base::Instant now);
  void note_keyframe(const CachedPacket& packet, std::uint8_t encoding);
  void describe(CachedPacket& slot, const wire::RtpView& packet, Layer& layer);

  ProducerId id_;
  PeerId peer_;
  rtc::ProducerPlan plan_;
  boost::json::value app_data_;
  bool is_screen_ = false;
  std::array<Layer, rtc::max_encodings> layers_;
  std::array<SpatialLayer, rtc::max_encodings> spatial_;
  std::optional<std::size_t> reference_;  // the encoding whose timestamps are the track's
  std::uint8_t loudest_ = 127;
};

}  // namespace greenroom::sfu
