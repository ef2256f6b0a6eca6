#include "sim/browser.hpp"

#include <algorithm>

#include "crypto/hash.hpp"
#include "rtc/capabilities.hpp"
#include "wire/vp8.hpp"

namespace greenroom::sim {
namespace {
constexpr base::Duration fast_check = std::chrono::milliseconds(50), slow_check = std::chrono::milliseconds(2500);
constexpr base::Duration freeze = std::chrono::milliseconds(500);
constexpr std::size_t layer_at = 12;  // in a payload of Source

rtc::Transport::Config config() {
  return {{base::Bitrate::kbps(10'000), base::Bitrate::kbps(50), base::Bitrate::kbps(50'000)}};
}

// What Chromium's plan of receiving a consumer would be.
rtc::ProducerPlan receiving_plan(const sfu::Consumed& consumed) {
  auto plan = *rtc::plan_producer(consumed.kind, consumed.rtp_parameters, rtc::router_capabilities());
  plan.mid = *consumed.rtp_parameters.mid;
  return plan;
}
}  // namespace

wire::RtpCapabilities device_capabilities() { return rtc::router_capabilities(); }

Browser::Browser(std::string name, base::Address address, const crypto::SecureChannelFactory& channels, base::Rng& rng)
    : name_(std::move(name)), channels_(channels), rng_(rng), next_ssrc_(1000 + std::uint32_t(address.port) * 1000) {
  sides_[0].address = sides_[1].address = address;
  ++sides_[1].address.port;
}

void Browser::open(bool send, const sfu::TransportCreated& created, base::Instant now) {
  auto& s = side(send);
  s.id = created.transport;
  s.transport = std::make_unique<rtc::Transport>(config(), rng_);
  s.server = {created.ice_parameters.username_fragment, created.ice_parameters.password};
  s.server_address = *base::parse_ip(created.ice_candidates.at(0).ip, created.ice_candidates.at(0).port);
  for (const auto& f : created.dtls_parameters.fingerprints) s.fingerprints.push_back({f.algorithm, f.value});
  s.next_check = now;
}

wire::DtlsParameters Browser::dtls_parameters() const {
  wire::DtlsParameters parameters{"client", {}};
  for (const auto& f : channels_.local_fingerprints()) parameters.fingerprints.push_back({f.algorithm, f.value});
  return parameters;
}

void Browser::restart_ice(bool send, const wire::IceParameters& server) {
  auto& s = side(send);
  s.server = {server.username_fragment, server.password};
  s.connected = false;
  s.answers = 0;
  s.next_check = {};
}

// ---- sources and sinks

Source& Browser::add_source(const std::string& label, SourceSettings settings) {
  auto& source = sources_[label] = std::make_unique<Source>(std::move(settings), next_ssrc_, rng_);
  next_ssrc_ += 11;
  return *source;
}

Source* Browser::source(const std::string& label) {
  const auto found = sources_.find(label);
  return found == sources_.end() ? nullptr : found->second.get();
}

void Browser::start(const std::string& label) {
  sources_.at(label)->attach(*side(true).transport);
  started_.insert(label);
}

void Browser::remove_source(const std::string& label) {
  started_.erase(label);
  sources_.erase(label);
}

Sink& Browser::add_sink(const std::string& label, const sfu::Consumed& consumed) {
  auto& sink = sinks_[label];
  sink = {};
  sink.consumer = consumed.consumer;
  sink.video = consumed.kind == wire::MediaKind::video;
  sink.svc = consumed.svc;
  sink.receiver = side(false).transport->add_receiver(receiving_plan(consumed));
  return sink;
}

Sink* Browser::sink(const std::string& label) {
  const auto found = sinks_.find(label);
  return found == sinks_.end() ? nullptr : &found->second;
}

void Browser::remove_sink(const sfu::ConsumerId& consumer) {
  std::erase_if(sinks_, [&](const auto& s) {
    if (s.second.consumer != consumer) return false;
    side(false).transport->remove_receiver(s.second.receiver);
    return true;
  });
}

// ---- ICE: a full agent with one pair

void Browser::check(Side& s, base::Instant now) {
  std::array<std::uint8_t, 512> buffer;
  wire::StunTransactionId transaction;
  rng_.fill(transaction);
  wire::StunBuilder request(buffer, wire::StunClass::request, transaction);
  request.username(s.server.username_fragment + ":" + name_).priority(1).ice_controlling(7).use_candidate();
  const auto bytes = request.finish(base::as_bytes(s.server.password), crypto::hmac_sha1);
  auto& out = outboxes_[std::size_t(&s - sides_.data())];
  const auto room = out.begin();
  std::ranges::copy(bytes, room.begin());
  out.commit(s.server_address, bytes.size());
  s.next_check = now + (s.answers > 0 ? slow_check : fast_check);
}

// Tells the transport its path in the only way it understands: by a check with its own credentials. The first one is
// also the moment to shake hands.
void Browser::select_path(Side& s, base::Instant now) {
  std::array<std::uint8_t, 512> buffer;
  rtc::Outbox nowhere;
  auto& ice = s.transport->ice();
  wire::StunBuilder request(buffer, wire::StunClass::request, {});
  request.username(ice.credentials().username_fragment + ":x").priority(1).ice_controlling(1).use_candidate();
  const auto bytes = request.finish(base::as_bytes(ice.credentials().password), crypto::hmac_sha1);
  ice.handle(s.server_address, *wire::StunMessage::parse(bytes), now, nowhere);
  if (s.transport->has_channel()) return;
  s.transport->connect(channels_.create(crypto::DtlsRole::client, s.fingerprints), now,
                       outboxes_[std::size_t(&s - sides_.data())]);
}

void Browser::take(Side& s, base::ByteSpan datagram, base::Instant now) {
  auto& out = outboxes_[std::size_t(&s - sides_.data())];
  switch (wire::classify(datagram)) {
    case wire::DatagramKind::stun: {
      const auto message = wire::StunMessage::parse(datagram);
      if (!message || message->message_class != wire::StunClass::success) return;
      if (!message->verify_integrity(base::as_bytes(s.server.password), crypto::hmac_sha1)) return;
      ++s.answers;
      s.connected = true;
      s.next_check = now + slow_check;
      return select_path(s, now);
    }
    case wire::DatagramKind::dtls:
      s.transport->handle_dtls(datagram, now, out);
      return;
    case wire::DatagramKind::rtp:
      if (const auto input = s.transport->handle_rtp(datagram, now); input.rtp) on_media(*input.rtp, now);
      return;
    case wire::DatagramKind::rtcp: {
      rtc::Reported reported;
      s.transport->handle_rtcp(datagram, now, reported);
      for (const auto& feedback : reported.feedback) {
        for (auto& [label, source] : sources_) {
          if (const auto* nack = std::get_if<rtc::NackFeedback>(&feedback); nack && source->owns(nack->sender)) {
            source->on_nack(*s.transport, nack->sender, std::span(reported.nacked).subspan(nack->first, nack->count),
                            now, out);
          } else if (const auto* wanted = std::get_if<rtc::KeyframeFeedback>(&feedback)) {
            source->on_keyframe_wanted(wanted->sender);
          }
        }
      }
      return;
    }
    case wire::DatagramKind::unknown:
      return;
  }
}

void Browser::deliver(const Datagram& datagram, base::Instant now) {
  auto bytes = datagram.bytes;
  for (auto& s : sides_) {
    if (s.transport && s.address == datagram.to) take(s, bytes, now);
  }
}

// Only the layer that closes a picture is the one that is shown.
void Browser::take_layer(Sink& sink, const wire::RtpView& packet) {
  sink.decoder.take(packet.payload(), packet.marker(), packet.timestamp().value);
  sink.layer = sink.decoder.spatial;
  sink.keyframes = sink.decoder.keyframes;
  if (packet.marker()) ++sink.frames;
}

void Browser::on_media(const rtc::ReceivedRtp& rtp, base::Instant now) {
  for (auto& [label, sink] : sinks_) {
    if (sink.receiver != rtp.receiver) continue;
    if (sink.counts_from_first && rtp.seq.value < *sink.first) return;
    const auto payload = rtp.packet.payload();
    ++sink.packets;
    sink.bytes += payload.size();
    if (!sink.first || rtp.seq.value < *sink.first) sink.first = rtp.seq.value;
    if (rtp.late) ++sink.recovered;
    if (!rtp.late) {
      if (sink.packets > 1) {
        const auto step = distance(rtp.packet.timestamp(), sink.last_time);
        if (step < 0) ++sink.time_jumps;
        const auto gap = now - sink.last_arrival;
        if (gap > sink.longest_gap) sink.longest_gap = gap;
        if (gap > freeze) ++sink.freezes;
      }
      sink.highest = rtp.seq.value;
      sink.last_time = rtp.packet.timestamp();
      sink.last_arrival = now;
    }
    if (!sink.video || payload.size() <= layer_at) return;
    if (sink.svc) return take_layer(sink, rtp.packet);
    if (!rtp.late) {
      if (sink.layer >= 0 && sink.layer != payload[layer_at]) ++sink.switches;
      sink.layer = payload[layer_at];
    }
    if (rtp.packet.marker()) ++sink.frames;
    if (wire::is_vp8_keyframe(payload)) ++sink.keyframes;
  }
}

// ---- time

void Browser::advance(base::Instant now) {
  for (auto& s : sides_) {
    if (!s.transport) continue;
    if (s.checking && now >= s.next_check) check(s, now);
    s.transport->advance(now, outboxes_[std::size_t(&s - sides_.data())]);
  }
  if (!side(true).transport) return;
  for (const auto& label : started_) sources_.at(label)->send_due(*side(true).transport, now, outboxes_[0]);
}

base::Instant Browser::next_deadline() const {
  auto deadline = base::Instant::max();
  for (const auto& s : sides_) {
    if (!s.transport) continue;
    deadline = std::min(deadline, s.transport->next_deadline());
    if (s.checking) deadline = std::min(deadline, s.next_check);
  }
  for (const auto& label : started_) deadline = std::min(deadline, sources_.at(label)->next_frame());
  return deadline;
}

bool Browser::poll(Datagram& out) {
  if (outgoing_.empty()) {
    for (std::size_t i = 0; i < 2; ++i) {
      for (rtc::Run run; outboxes_[i].poll(run);) {
        run.for_each([&](base::ByteView datagram) {
          outgoing_.push_back({sides_[i].address, run.to, base::Bytes(datagram.begin(), datagram.end())});
        });
      }
    }
  }
  if (outgoing_.empty()) return false;
  out = std::move(outgoing_.front());
  outgoing_.pop_front();
  return true;
}

}  // namespace greenroom::sim
