#include "sfu/room.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "rtc/capabilities.hpp"
#include "rtc/sdp_negotiation.hpp"

namespace greenroom::sfu {
namespace {
using base::fail;
using base::Result;

constexpr std::size_t max_identity_size = 256;  // user ids and names
constexpr base::Bitrate min_outgoing = base::Bitrate::kbps(50);

wire::IceParameters ice_parameters(const rtc::IceAgent& ice) {
  return {ice.credentials().username_fragment, ice.credentials().password, true};
}

// RFC 8445 §5.1.2.1 and RFC 6544 §4.2: host candidates have the type preference 126 over UDP and 90 over TCP, whose
// local preference begins with the direction (passive: 4 of 7); then the order we announce in; then component 1.
wire::IceCandidate candidate(const base::Address& address, std::uint32_t order) {
  const auto ip = base::ip_to_string(address);
  if (address.protocol == base::Protocol::tcp) {
    const std::uint32_t priority = 90u << 24 | (4u << 13 | (8191u - order)) << 8 | 255u;
    return {"tcp" + std::to_string(order), priority, ip, ip, "tcp", address.port, "host", "passive"};
  }
  const std::uint32_t priority = 126u << 24 | (65535u - order) << 8 | 255u;
  return {"udp" + std::to_string(order), priority, ip, ip, "udp", address.port, "host", {}};
}

std::vector<wire::IceCandidate> candidates(const std::vector<base::Address>& announced) {
  std::vector<wire::IceCandidate> list;
  for (const auto& address : announced) list.push_back(candidate(address, std::uint32_t(list.size())));
  return list;
}

wire::DtlsParameters dtls_parameters(const crypto::SecureChannelFactory& channels) {
  wire::DtlsParameters parameters{"auto", {}};
  for (const auto& f : channels.local_fingerprints()) parameters.fingerprints.push_back({f.algorithm, f.value});
  return parameters;
}

template <class Map, class Id>
auto* get(Map& map, const Id& id) {
  const auto found = map.find(id);
  return found == map.end() ? nullptr : found->second.get();
}

template <class T>
void put_at(std::vector<T*>& table, std::size_t index, T* value) {
  if (table.size() <= index) table.resize(index + 1, nullptr);
  table[index] = value;
}
}  // namespace

// ---- finding things

Result<Peer*> Room::find_peer(const PeerId& id) {
  if (auto* peer = get(peers_, id)) return peer;
  return fail(errors::no_such_peer, "this peer is not in the room");
}

Result<PeerTransport*> Room::find_transport(const PeerId& peer_id, const TransportId& id) {
  GREENROOM_TRY(auto* peer, find_peer(peer_id));
  if (auto* transport = get(peer->transports, id)) return transport;
  return fail(errors::no_such_transport, "this peer has no such transport");
}

Result<UpTrack*> Room::find_producer(const PeerId& peer, const ProducerId& id) {
  GREENROOM_CHECK_OK(find_peer(peer));
  auto* track = get(up_tracks_, id);
  if (track && track->peer() == peer) return track;
  return fail(errors::no_such_producer, "this peer has no such producer");
}

Result<DownTrack*> Room::find_consumer(const PeerId& peer, const ConsumerId& id) {
  GREENROOM_CHECK_OK(find_peer(peer));
  auto* track = get(down_tracks_, id);
  if (track && track->transport().peer == peer) return track;
  return fail(errors::no_such_consumer, "this peer has no such consumer");
}

std::size_t Room::count_producers(const PeerId& peer) const {
  return std::size_t(std::ranges::count_if(up_tracks_, [&](const auto& t) { return t.second->peer() == peer; }));
}

// ---- peers

Room::Answer Room::handle(JoinRoom& command, base::Instant) {
  if (peers_.size() >= context_.config.max_peers_per_room) return fail(errors::too_many, "the room is full");
  if (command.user_id.size() > max_identity_size || command.name.size() > max_identity_size) {
    return fail(errors::bad_peer, "user id and name are at most 256 bytes");
  }
  const Joined joined{new_id<PeerId>()};
  auto peer = std::make_unique<Peer>();
  peer->id = joined.peer;
  peer->user_id = std::move(command.user_id);
  peer->name = std::move(command.name);
  peers_.emplace(joined.peer, std::move(peer));
  return joined;
}

Room::Answer Room::handle(LeaveRoom& command, base::Instant now) {
  GREENROOM_TRY(auto* peer, find_peer(command.peer));
  while (!peer->transports.empty()) close_transport(*peer, *peer->transports.begin()->second, now, false);
  peers_.erase(command.peer);
  return Done{};
}

void Room::close(base::Instant now) {
  while (!peers_.empty()) {
    LeaveRoom leave{id_, peers_.begin()->first};
    handle(leave, now);
  }
  recordings_.clear();
  while (!up_tracks_.empty()) close_producer(*up_tracks_.begin()->second, now, false);  // imports
  while (!data_producers_.empty()) close_data_producer(*data_producers_.begin()->second, DataEnd::producer_closed);
  context_.pipes.rooms.erase(branches_.number);
}

// ---- transports

Room::Answer Room::handle(CreateTransport& command, base::Instant) {
  GREENROOM_TRY(auto* peer, find_peer(command.peer));
  if (peer->transports.size() >= context_.config.max_transports_per_peer) {
    return fail(errors::too_many, "this peer has too many transports");
  }
  const auto& config = context_.config;
  const auto id = new_id<TransportId>();
  const rtc::Transport::Config bitrates{{config.initial_outgoing, min_outgoing, config.max_outgoing}};
  auto transport = std::make_unique<PeerTransport>(id, *this, peer->id, command.direction, bitrates, context_.rng);
  context_.routes.add(transport->rtc.ice().credentials().username_fragment, transport.get());
  TransportCreated created{
      id, ice_parameters(transport->rtc.ice()), candidates(config.announced), dtls_parameters(context_.channels), {}};
  context_.timers.hurry(*transport);
  peer->transports.emplace(id, std::move(transport));
  return created;
}

Room::Answer Room::handle(ConnectTransport& command, base::Instant now) {
  GREENROOM_TRY(auto* transport, find_transport(command.peer, command.transport));
  if (transport->rtc.has_channel()) return fail(errors::already_connected, "this transport is connected already");
  const auto& parameters = command.dtls_parameters;
  if (parameters.fingerprints.empty() || parameters.fingerprints.size() > 16) {
    return fail(errors::bad_dtls_parameters, "dtlsParameters.fingerprints: one to 16 are needed");
  }
  const auto role = parameters.role.value_or("client");
  if (role != "client" && role != "server" && role != "auto") {
    return fail(errors::bad_dtls_parameters, "dtlsParameters.role: client, server or auto");
  }
  std::vector<crypto::Fingerprint> remote;
  for (const auto& f : parameters.fingerprints) remote.push_back({f.algorithm, f.value});
  // The other's "server" makes us the client; with "auto" the choice is ours, and the passive side needs no timer.
  const auto ours = role == "server" ? crypto::DtlsRole::client : crypto::DtlsRole::server;
  transport->rtc.connect(context_.channels.create(ours, std::move(remote)), now, context_.outputs.datagrams);
  context_.timers.hurry(*transport);
  return Done{};
}

Room::Answer Room::handle(CloseTransport& command, base::Instant now) {
  GREENROOM_TRY(auto* transport, find_transport(command.peer, command.transport));
  close_transport(*peers_.at(command.peer), *transport, now, true);
  return Done{};
}

Room::Answer Room::handle(RestartIce& command, base::Instant) {
  GREENROOM_TRY(auto* transport, find_transport(command.peer, command.transport));
  const auto before = transport->rtc.ice().credentials().username_fragment;
  transport->rtc.ice().restart(context_.rng);
  // A second restart before the first was used: the fragment in between was never spoken.
  if (!transport->rtc.ice().knows_fragment(before)) context_.routes.remove_fragment(before);
  context_.routes.add(transport->rtc.ice().credentials().username_fragment, transport);
  return IceRestarted{ice_parameters(transport->rtc.ice())};
}

void Room::close_transport(Peer& peer, PeerTransport& transport, base::Instant now, bool say) {
  for (auto* track : std::vector(transport.up_tracks)) {
    if (!track) continue;
    if (say) context_.outputs.say(Event(ProducerClosed{id_, peer.id, track->id()}));
    close_producer(*track, now, true);
  }
  for (auto* track : std::vector(transport.down_tracks)) {
    if (!track) continue;
    if (say) context_.outputs.say(Event(ConsumerClosed{id_, peer.id, track->id(), track->source().id()}));
    close_consumer(*track, now);
  }
  close_data(transport, DataEnd::transport_closed, say);
  transport.rtc.close(now, context_.outputs.datagrams);
  for (const auto& address : transport.rtc.ice().addresses()) context_.routes.remove(address, &transport);
  for (const auto& fragment : transport.rtc.ice().fragments()) context_.routes.remove_fragment(fragment);
  peer.transports.erase(transport.id);
}

// ---- producers

Room::Answer Room::handle(Produce& command, base::Instant now) {
  GREENROOM_TRY(auto* transport, find_transport(command.peer, command.transport));
  if (transport->direction != Direction::send) return fail(errors::wrong_direction, "this transport only receives");
  if (count_producers(command.peer) >= context_.config.max_producers_per_peer) {
    return fail(errors::too_many, "this peer has too many producers");
  }
  GREENROOM_TRY(auto plan, rtc::plan_producer(command.kind, command.rtp_parameters, context_.capabilities));
  // Browsers need not name themselves; what they receive must have a name: it becomes the MediaStream's id, by which a
  // person's sound and picture are played together.
  if (plan.cname.empty()) plan.cname = command.peer.str();
  plan.consumable.rtcp->cname = plan.cname;
  const auto id = new_id<ProducerId>();
  auto track = std::make_unique<UpTrack>(id, command.peer, plan, std::move(command.app_data));
  track->room = this;
  track->transport = transport;
  track->receiver = transport->rtc.add_receiver(std::move(plan));
  put_at(transport->up_tracks, track->receiver.value, track.get());
  auto& placed = *up_tracks_.emplace(id, std::move(track)).first->second;
  for (const auto& recording : recordings_) {
    if (is_to_be_backed_up(recording, placed)) subscribe_backup(recording.name, placed, now);
  }
  return Produced{id};
}

Room::Answer Room::handle(CloseProducer& command, base::Instant now) {
  GREENROOM_TRY(auto* track, find_producer(command.peer, command.producer));
  close_producer(*track, now, true);
  return Done{};
}

void Room::close_producer(UpTrack& track, base::Instant now, bool say) {
  for (auto* backup : std::vector(track.backups)) end_backup(*backup, now);
  for (auto* down : std::vector(track.down_tracks)) {
    if (say) {
      context_.outputs.say(Event(ConsumerClosed{id_, down->transport().peer, down->id(), track.id()}));
    }
    close_consumer(*down, now);
  }
  context_.arrivals.forget(track);
  end_pipes(track);
  if (track.transport) {
    track.transport->rtc.remove_receiver(track.receiver);
    track.transport->up_tracks[track.receiver.value] = nullptr;
  }
  up_tracks_.erase(ProducerId(track.id()));
}

void Room::set_producer_paused(UpTrack& track, bool paused, base::Instant now) {
  if (track.paused == paused) return;
  track.paused = paused;
  if (track.transport) track.transport->rtc.receiver(track.receiver)->paused = paused;
  for (auto* down : track.down_tracks) {
    down->forwarder().selector().restart();
    context_.outputs.say(Event(ConsumerPaused{id_, down->transport().peer, down->id(), paused}));
  }
  for (auto* backup : track.backups) backup->forwarder().selector().restart();
  if (!paused) request_missing_keyframes(track, now);
}

Room::Answer Room::handle(PauseProducer& command, base::Instant now) {
  GREENROOM_TRY(auto* track, find_producer(command.peer, command.producer));
  set_producer_paused(*track, true, now);
  return Done{};
}

Room::Answer Room::handle(ResumeProducer& command, base::Instant now) {
  GREENROOM_TRY(auto* track, find_producer(command.peer, command.producer));
  set_producer_paused(*track, false, now);
  return Done{};
}

// ---- consumers

base::Result<rtc::ConsumerPlan> Room::plan_for(const UpTrack& source, PeerTransport& transport,
                                               const Consume& command) {
  const auto& device = command.rtp_capabilities;
  if (const auto& slot = command.slot) {
    const auto is_taken = [&](const DownTrack* t) {
      return t && transport.rtc.sender(t->sender())->plan().ssrc == slot->ssrc;
    };
    if (std::ranges::any_of(transport.down_tracks, is_taken) || transport.ended_slots.size() > transport.slots_max) {
      return fail(rtc::errors::bad_rtp_parameters, "slot: it is taken, or there are too many");
    }
    return rtc::plan_sdp_consumer(source.plan(), device, *slot, context_.rng);
  }
  auto plan = rtc::plan_consumer(source.plan(), device, std::to_string(transport.next_mid), context_.rng);
  if (plan) ++transport.next_mid;
  return plan;
}

Room::Answer Room::handle(Consume& command, base::Instant now) {
  GREENROOM_TRY(auto* transport, find_transport(command.peer, command.transport));
  if (transport->direction != Direction::recv) return fail(errors::wrong_direction, "this transport only sends");
  auto* source = get(up_tracks_, command.producer);
  if (!source) return fail(errors::no_such_producer, "there is no such producer in the room");
  const auto consumers = std::ranges::count_if(transport->down_tracks, [](const auto* t) { return t != nullptr; });
  if (std::size_t(consumers) >= context_.config.max_consumers_per_peer) {
    return fail(errors::too_many, "this peer has too many consumers");
  }
  GREENROOM_TRY(auto plan, plan_for(*source, *transport, command));
  const auto id = new_id<ConsumerId>();
  const auto sender = transport->rtc.add_sender(plan);
  auto track = std::make_unique<DownTrack>(id, *source, *transport, sender, plan);
  put_at(transport->down_tracks, sender.value, track.get());
  if (command.slot) go_on(*track, now);
  source->down_tracks.push_back(track.get());
  down_tracks_.emplace(id, std::move(track));
  return Consumed{id,
                  source->id(),
                  source->kind(),
                  std::move(plan.parameters),
                  source->encodings() > 1,
                  source->plan().svc(),
                  source->paused};
}

// In a slot the client sees one stream, whoever is in it.
void Room::go_on(DownTrack& track, base::Instant now) {
  auto& transport = track.transport();
  auto* stream = transport.rtc.sender(track.sender());
  const auto [found, fresh] = transport.ended_slots.try_emplace(stream->plan().ssrc);
  if (fresh) return;
  stream->go_on_from(found->second.count);
  track.forwarder().rewriter().go_on_from(found->second.end,
                                          wire::to_ticks(now - found->second.at, {stream->plan().clock_rate}));
}

void Room::close_consumer(DownTrack& track, base::Instant now) {
  auto& transport = track.transport();
  const auto* stream = transport.rtc.sender(track.sender());
  if (const auto slot = transport.ended_slots.find(stream->plan().ssrc); slot != transport.ended_slots.end()) {
    slot->second = {stream->count(), track.forwarder().rewriter().end(), now};
  }
  auto& siblings = track.source().down_tracks;
  const auto place = std::ranges::find(siblings, &track);
  track.source().fanout.subscriber_left(std::size_t(place - siblings.begin()));
  siblings.erase(place);
  transport.queue.forget(&track);
  transport.rtc.remove_sender(track.sender());
  transport.down_tracks[track.sender().value] = nullptr;
  down_tracks_.erase(ConsumerId(track.id()));
}

Room::Answer Room::handle(ResumeConsumer& command, base::Instant now) {
  GREENROOM_TRY(auto* track, find_consumer(command.peer, command.consumer));
  if (!track->paused) return Done{};
  track->paused = false;
  track->forwarder().selector().restart();
  retarget_audio(*track);
  allocate(track->transport(), now);
  context_.timers.hurry(track->transport());
  return Done{};
}

Room::Answer Room::handle(PauseConsumer& command, base::Instant now) {
  GREENROOM_TRY(auto* track, find_consumer(command.peer, command.consumer));
  track->paused = true;
  track->forwarder().selector().restart();
  allocate(track->transport(), now);
  context_.timers.hurry(track->transport());
  return Done{};
}

Room::Answer Room::handle(CloseConsumer& command, base::Instant now) {
  GREENROOM_TRY(auto* track, find_consumer(command.peer, command.consumer));
  close_consumer(*track, now);
  return Done{};
}

Room::Answer Room::handle(SetPreferredLayers& command, base::Instant now) {
  GREENROOM_TRY(auto* track, find_consumer(command.peer, command.consumer));
  track->preferred = {std::min<int>(command.spatial_layer, int(rtc::max_encodings) - 1),
                      std::min<int>(command.temporal_layer.value_or(3), 3)};
  allocate(track->transport(), now);
  context_.timers.hurry(track->transport());
  return Done{};
}

Room::Answer Room::handle(SetConsumerPriority& command, base::Instant now) {
  GREENROOM_TRY(auto* track, find_consumer(command.peer, command.consumer));
  track->priority = command.priority;
  allocate(track->transport(), now);
  return Done{};
}

Room::Answer Room::handle(GetPeerStats& command, base::Instant now) {
  GREENROOM_TRY(auto* peer, find_peer(command.peer));
  return peer_stats(*peer, now);
}

Room::Answer Room::handle(RequestKeyFrame& command, base::Instant now) {
  GREENROOM_TRY(auto* track, find_consumer(command.peer, command.consumer));
  const auto spatial = track->forwarder().selector().target().spatial;
  if (track->flows() && spatial >= 0) {
    request_keyframe(track->source(), track->source().plan().svc() ? std::uint8_t(0) : std::uint8_t(spatial), now);
  }
  return Done{};
}

}  // namespace greenroom::sfu
