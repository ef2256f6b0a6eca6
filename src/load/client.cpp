#include "load/client.hpp"

#include "net/clock.hpp"
#include "wire/json.hpp"
#include "wire/rtcp.hpp"

namespace greenroom::load {
namespace {
namespace json = boost::json;
constexpr std::size_t watched_max = streams_max;

std::string text_at(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

template <class T>
std::optional<T> value_at(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  auto read = value ? wire::from_json<T>(*value) : wire::JsonResult<T>(tl::unexpected(std::vector<wire::FieldError>{}));
  return read ? std::optional<T>(std::move(*read)) : std::nullopt;
}

// The first candidate over UDP; some servers say `address`, some `ip`, some both.
std::optional<base::Address> udp_candidate(const json::object& options) {
  const auto* list = options.if_contains("iceCandidates");
  if (!list || !list->is_array()) return std::nullopt;
  for (const auto& each : list->get_array()) {
    const auto* candidate = each.if_object();
    if (!candidate || text_at(*candidate, "protocol") != "udp") continue;
    const auto* port = candidate->if_contains("port");
    const auto ip = text_at(*candidate, candidate->contains("ip") ? "ip" : "address");
    const auto address = base::parse_ip(ip, port && port->is_int64() ? std::uint16_t(port->get_int64()) : 0);
    if (address) return *address;
  }
  return std::nullopt;
}

wire::DtlsParameters dtls_parameters(const crypto::SecureChannelFactory& channels) {
  wire::DtlsParameters out{"client", {}};
  for (const auto& f : channels.local_fingerprints()) out.fingerprints.push_back({f.algorithm, f.value});
  return out;
}
}  // namespace

Client::Client(const ClientPlace& place, ClientPlan plan)
    : place_(place),
      plan_(std::move(plan)),
      signaling_(place.loop, {.ready = [this] { create_room(); },
                              .event = [this](std::string_view, const json::object& producer) { watch(producer); },
                              .closed =
                                  [this](const std::string& reason) {
                                    gone_ = true;
                                    if (!settled_) fail("the connection ended: " + reason);
                                  }}),
      reception_(place.tally, place.latency_us, plan_.checked) {}

Client::~Client() {
  for (const auto* link : {send_link_.get(), receive_link_.get()})
    if (link) place_.by_member[link->member()] = nullptr;
}

// ---- signaling

void Client::start(base::Instant now) {
  started_ = now;
  signaling_.open(place_.server);
}

void Client::leave() {
  settled_ = true;  // what ends from here on was meant to
  if (plan_.leaving == Leaving::abruptly) return signaling_.drop();
  const auto now = net::now();
  for (auto* link : {send_link_.get(), receive_link_.get()})
    if (link) link->close(now);
  if (plan_.leaving == Leaving::by_disconnect) return signaling_.close();
  call("leaveRoom", {}, [this](const json::object&) { signaling_.close(); });
}

void Client::fail(std::string why) {
  if (!failure_) failure_ = plan_.user + ": " + std::move(why);
}

void Client::call(std::string_view event, json::object request, std::function<void(const json::object&)> next) {
  ++outstanding_;
  signaling_.call(event, std::move(request), [this, name = std::string(event), next = std::move(next)](Result result) {
    --outstanding_;
    if (!result) return fail(name + ": " + result.error().what);
    next(*result);
    note_settled(net::now());
  });
}

void Client::create_room() {
  call("createRoom", {{"callId", plan_.room}}, [this](const json::object& created) { join_room(created); });
}

void Client::join_room(const json::object& created) {
  const auto router = value_at<wire::RtpCapabilities>(created, "rtpCapabilities");
  if (!router) return fail("createRoom: no rtpCapabilities");
  device_ = device_capabilities(*router);
  call("joinRoom", {{"callId", plan_.room}, {"userId", plan_.user}, {"rtpCapabilities", wire::to_json(device_)}},
       [this](const json::object& joined) { take_part(joined); });
}

void Client::take_part(const json::object& joined) {
  in_room_ = true;
  if (!plan_.sends.empty()) create_transport(true);
  if (plan_.receives) create_transport(false);
  const auto* peers = joined.if_contains("peers");
  if (!plan_.receives || !peers || !peers->is_array()) return;
  for (const auto& peer : peers->get_array()) {
    const auto* object = peer.if_object();
    const auto* producers = object ? object->if_contains("producers") : nullptr;
    if (!producers || !producers->is_array()) continue;
    for (const auto& producer : producers->get_array())
      if (producer.is_object()) watch(producer.get_object());
  }
}

void Client::create_transport(bool send) {
  call("createTransport", {{"direction", send ? "send" : "recv"}}, [this, send](const json::object& options) {
    open_link(send, options);
    connect_transport(send, options);
  });
}

void Client::open_link(bool send, const json::object& options) {
  const auto address = udp_candidate(options);
  const auto ice = value_at<wire::IceParameters>(options, "iceParameters");
  const auto dtls = value_at<wire::DtlsParameters>(options, "dtlsParameters");
  if (!address || !ice || !dtls) return fail("createTransport: not the parameters of a transport");
  const auto member = place_.ground.swarm.add(*address, !send);
  if (!member) return fail(member.error().what);
  if (place_.by_member.size() <= *member) place_.by_member.resize(*member + 1);
  place_.by_member[*member] = this;
  LinkRemote remote{*address, ice->username_fragment, ice->password, {}};
  for (const auto& f : dtls->fingerprints) remote.fingerprints.push_back({f.algorithm, f.value});
  (send ? send_link_ : receive_link_) = std::make_unique<Link>(place_.ground, std::move(remote), *member);
  (send ? send_id_ : receive_id_) = text_at(options, "id");
}

void Client::connect_transport(bool send, const json::object&) {
  if (failure_) return;
  call("connectTransport",
       {{"transportId", send ? send_id_ : receive_id_},
        {"dtlsParameters", wire::to_json(dtls_parameters(place_.ground.channels))}},
       [this, send](const json::object&) {
         (send ? send_link_ : receive_link_)->start(net::now());
         if (send) {
           for (const auto& traffic : plan_.sends) produce(traffic);
         } else {
           receiving_ = true;
           for (const auto& producer : waiting_) consume(producer);
           waiting_.clear();
         }
       });
}

void Client::produce(const Traffic& traffic) {
  const auto number = publications_.size();
  const auto ssrc = std::uint32_t(place_.ground.rng.u32() & 0x7ffffff0) + std::uint32_t(number * 2) + 16;
  const auto parameters = sending_parameters(device_, traffic.kind, std::to_string(number), ssrc);
  const auto numbers = parameters ? numbers_of(traffic.kind, *parameters) : tl::unexpected(parameters.error());
  if (!numbers) return fail(numbers.error().what);
  publications_.push_back(std::make_unique<Publication>(traffic, *numbers, place_.ground.rng));
  call("produce",
       {{"transportId", send_id_},
        {"kind", wire::enum_name(traffic.kind)},
        {"rtpParameters", wire::to_json(*parameters)},
        {"appData", json::object{{"source", traffic.kind == wire::MediaKind::audio ? "mic" : "camera"}}}},
       [this, number](const json::object&) {
         // Not all of a second's bursts at once, as a hundred browsers would not either.
         const base::Duration phase{std::int64_t(place_.ground.rng.below(33'000))};
         publications_[number]->start(net::now() + phase);
       });
}

void Client::watch(const json::object& producer) {
  if (!plan_.receives || watched_.size() == watched_max) return;
  const auto id = text_at(producer, "producerId");
  if (id.empty() || !watched_.insert(id).second) return;
  if (receiving_)
    consume(id);
  else
    waiting_.push_back(id);
}

void Client::consume(const std::string& producer) {
  call("consume", {{"transportId", receive_id_}, {"producerId", producer}, {"rtpCapabilities", wire::to_json(device_)}},
       [this, asked = net::now()](const json::object& consumer) { consumed(consumer, asked); });
}

void Client::consumed(const json::object& consumer, base::Instant asked) {
  const auto kind = value_at<wire::MediaKind>(consumer, "kind");
  const auto parameters = value_at<wire::RtpParameters>(consumer, "rtpParameters");
  const auto numbers = kind && parameters ? numbers_of(*kind, *parameters) : base::fail(bad_answer, "no rtpParameters");
  if (!numbers) return fail("consume: " + numbers.error().what);
  reception_.add(*numbers, asked);
  call("resumeConsumer", {{"consumerId", text_at(consumer, "id")}}, [](const json::object&) {});
}

bool Client::settled() const { return settled_; }

void Client::note_settled(base::Instant now) {
  const bool sends = plan_.sends.empty() || (send_link_ && send_link_->connected());
  const bool receives = !plan_.receives || (receive_link_ && receive_link_->connected());
  if (settled_ || !in_room_ || outstanding_ > 0 || !sends || !receives) return;
  settled_ = true;
  join_time_ = now - started_;
}

// ---- media

void Client::take(net::UdpSwarm::Member member, base::ByteSpan datagram, const net::UdpArrival& arrival) {
  const bool sends = send_link_ && send_link_->member() == member;
  auto& link = sends ? *send_link_ : *receive_link_;
  const auto media = link.take(datagram, arrival.read);
  if (media == Link::Media::rtp && !sends) reception_.take_rtp(link, datagram, arrival);
  if (media == Link::Media::rtcp) {
    if (sends)
      take_sender_rtcp(datagram, arrival.read);
    else
      reception_.take_rtcp(link, datagram, arrival.read);
  }
  if (!settled_) note_settled(arrival.read);
  if (reception_.wants_repair() && !to_be_repaired) {
    to_be_repaired = true;
    place_.to_repair.push_back(this);
  }
}

void Client::take_sender_rtcp(base::ByteSpan datagram, base::Instant now) {
  const auto opened = send_link_->channel().unprotect_rtcp(datagram);
  if (!opened) return void(++place_.tally.forged);
  wire::RtcpReader reader(datagram.first(*opened));
  while (const auto packet = reader.next()) {
    for (const auto& publication : publications_) {
      const wire::Ssrc ssrc{publication->numbers().ssrc};
      if (const auto* nack = std::get_if<wire::Nack>(&*packet); nack && nack->ids.media == ssrc) {
        nack->for_each([&](wire::SeqNo seq) { publication->resend(*send_link_, seq, now, place_.tally); });
      } else if (const auto* pli = std::get_if<wire::Pli>(&*packet); pli && pli->ids.media == ssrc) {
        ++place_.tally.keyframes_asked;
        publication->want_keyframe();
      }
    }
  }
}

void Client::send_due(base::Instant now, int stretch) {
  if (!send_link_ || !send_link_->connected()) return;
  for (const auto& publication : publications_)
    if (publication->due(now)) publication->send_burst(*send_link_, now, stretch, place_.tally);
}

void Client::service(base::Instant now) {
  for (auto* link : {send_link_.get(), receive_link_.get()}) {
    if (!link) continue;
    link->service(now);
    if (link->failed()) fail("the handshake failed: " + std::string(link->channel().failure()));
  }
  if (send_link_ && send_link_->connected())
    for (const auto& publication : publications_) publication->report(*send_link_, now);
  if (receive_link_ && receive_link_->connected()) reception_.service(*receive_link_, now);
}

bool Client::repair(base::Instant now) {
  to_be_repaired = receive_link_ && receive_link_->connected() && reception_.repair(*receive_link_, now);
  return to_be_repaired;
}

}  // namespace greenroom::load
