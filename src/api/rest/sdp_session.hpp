// One WHIP or WHEP session: the inside client that stands for it in a room, and what its SDP has agreed. Owned by
// WhipSessions, on the control thread. It is opening until its answer has been given, then open, then ended; ended, it
// asks for nothing and is told nothing more.
#pragma once
#include <deque>
#include <set>

#include "api/realtime/messages.hpp"
#include "api/rest/whip.hpp"
#include "rtc/sdp_negotiation.hpp"

namespace greenroom::api {

class SdpSession : public std::enable_shared_from_this<SdpSession> {
 public:
  using Opened = std::function<void(base::Status)>;
  using Restarted = std::function<void(base::Result<std::string>)>;  // the fragment

  SdpSession(WhipSessions& owner, std::string id, std::string name, rtc::SdpOffer offer);
  virtual ~SdpSession() = default;
  virtual SdpWay way() const = 0;

  void open(SdpAdmission admission, Opened opened);
  void restart_ice(Restarted restarted);
  void end(std::string_view why);

  const std::string& id() const { return id_; }
  const std::string& answer() const { return answer_; }
  std::string entity_tag() const { return "\"" + transport_.ice.username_fragment + "\""; }
  const rtc::SdpOffer& offer() const { return offer_; }
  const std::vector<wire::IceServer>& ice_servers() const { return ice_servers_; }
  bool agreed() const { return admission_.agreed; }

 protected:
  using Json = boost::json::value;
  using Then = std::function<void(const Json&)>;

  // What of the offer the room can do.
  virtual base::Result<std::vector<rtc::SdpSection>> negotiate(const wire::RtpCapabilities& router) = 0;
  virtual wire::RtpCapabilities capabilities() const { return {}; }
  virtual void joined(const realtime::JoinRoomResult&) {}
  virtual void connected() = 0;  // the transport is made; calls finish()
  virtual void heard(const std::string& event, const Json& data) = 0;

  // An error ends the session.
  void ask(std::string event, const Json& request, Then then);
  void try_to(std::string event, const Json& request, std::function<void(base::Result<Json>)> then);
  void finish();  // the answer can go out
  std::string transport_id() const { return transport_id_.str(); }

  base::Rng& rng() { return owner_.dependencies_.rng; }

  std::vector<rtc::SdpSection> sections_;

 private:
  void entered(base::Result<std::string> client);
  void created(const Json& answer);
  void make_transport();
  void transport_made(const Json& answer);
  void notice(const std::string& event, const Json& data);
  void transport_state(const Json& data);
  void decline(const Json& signal);
  void fail(const base::Error& error);

  WhipSessions& owner_;
  const std::string id_, name_;
  const rtc::SdpOffer offer_;
  SdpAdmission admission_;
  Opened opened_;
  std::string client_;  // of the signaling; empty: not yet let in
  sfu::TransportId transport_id_;
  rtc::SdpTransport transport_;
  std::vector<wire::IceServer> ice_servers_;
  std::string answer_;
  net::Timer patience_;
  bool ended_ = false;
};

// Sends what the offer announces, as producers of a peer of its own.
class PublishSession final : public SdpSession {
 public:
  using SdpSession::SdpSession;
  SdpWay way() const override { return SdpWay::publish; }

 private:
  base::Result<std::vector<rtc::SdpSection>> negotiate(const wire::RtpCapabilities& router) override;
  void connected() override { produce(0); }
  void heard(const std::string&, const Json&) override {}
  void produce(std::size_t index);
};

// Watches: each section of the offer is a slot that shows one producer of the room after the other.
class WatchSession final : public SdpSession {
 public:
  using SdpSession::SdpSession;
  SdpWay way() const override { return SdpWay::watch; }

 private:
  struct Source {
    sfu::ProducerId producer;
    sfu::PeerId peer;
    wire::MediaKind kind = wire::MediaKind::audio;
    bool screen = false, paused = false;
  };
  struct Slot {
    std::optional<sfu::ProducerId> producer;
    std::optional<sfu::ConsumerId> consumer;
    bool busy = false;                     // a call about it is under way
    std::set<sfu::ProducerId> unsuitable;  // in a codec that this client cannot decode
  };
  base::Result<std::vector<rtc::SdpSection>> negotiate(const wire::RtpCapabilities& router) override;
  void joined(const realtime::JoinRoomResult& result) override;
  void connected() override;
  void heard(const std::string& event, const Json& data) override;

  void add(const realtime::ProducerInfo& info);
  void forget(sfu::ProducerId producer);
  void consumer_closed(sfu::ConsumerId consumer);
  void set_paused(sfu::ProducerId producer, bool paused);
  void arrange();
  int worth(const Source& source) const;
  const Source* choose(std::size_t slot) const;
  void show(std::size_t slot, sfu::ProducerId producer);
  void drop(std::size_t slot);
  void shown(std::size_t slot, sfu::ProducerId producer, const base::Result<Json>& answer);

  std::vector<Source> sources_;  // in the order of their coming
  std::vector<Slot> slots_;      // one a section
  std::optional<sfu::PeerId> speaker_;
};

// What an acknowledgement says; the codes of the signaling become errors again.
base::Result<boost::json::value> result_of(const boost::json::value& acknowledgement);

}  // namespace greenroom::api
