// WHIP (RFC 9725) and WHEP (draft-ietf-wish-whep): HTTP requests with SDP in them, turned into somebody who takes part
// in a room. Owned by app, on the control thread; nothing here blocks. A session is an inside client of the signaling
// (realtime::Server::enter_inside), so it has the rights, the limits and the visibility of everybody else, and its room
// may be on another node; media goes straight to that node. What it is asked over HTTP it is asked at this node.
// A session ends by DELETE, when its client has not connected in time, when consent is lost (RFC 7675: 30 s), and when
// the room or the participant goes; then nothing of it is left.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "api/realtime/server.hpp"
#include "api/route.hpp"

namespace greenroom::studio {
class Studio;
}

namespace greenroom::api {

enum class SdpWay : std::uint8_t { publish, watch };

// What a client brings to be let in.
struct SdpVisitor {
  SdpWay way = SdpWay::publish;
  std::string token;    // Authorization: Bearer, or of the short URL; empty: none
  std::string room;     // of the long URL; empty: the token's
  std::string name;     // for the others to see
  bool agrees = false;  // to be recorded: ?recording=agreed
};
struct SdpAdmission {
  std::optional<std::string> token;  // of a participant; none: a stranger
  std::string room;
  bool agreed = false;  // to be recorded, now or before
};

class SdpSession;

class WhipSessions {
 public:
  static constexpr std::size_t sessions_max = 1'000;
  static constexpr base::Duration connect_patience = std::chrono::seconds(30);

  struct Dependencies {
    net::Loop& loop;
    net::BlockingPool& pool;
    realtime::Server& realtime;
    base::Rng& rng;
    base::LogSink& log;
    std::function<base::Result<SdpAdmission>(const SdpVisitor&)> admit;  // called on the blocking pool
  };
  using Done = std::function<void(net::Response)>;

  explicit WhipSessions(Dependencies dependencies);
  ~WhipSessions();

  // POST of an offer to `room` (empty: the token's), or with `token` in the URL.
  void open(SdpWay way, const net::Request& request, std::string room, std::string token, Done done);
  void patch(const net::Request& request, const std::string& id, const Done& done);
  void close(const net::Request& request, const std::string& id, const Done& done);
  std::size_t size() const { return sessions_.size(); }

 private:
  friend class SdpSession;
  void admitted(SdpVisitor visitor, std::shared_ptr<SdpSession> session, base::Result<SdpAdmission> admission);
  net::Response opened(const SdpSession& session) const;
  void forget(const std::string& id) { sessions_.erase(id); }
  std::string new_id();

  Dependencies dependencies_;
  std::unordered_map<std::string, std::shared_ptr<SdpSession>> sessions_;
  std::shared_ptr<WhipSessions*> self_;  // what the pool answers late finds out here whether we still live
};

// How a stream key or a participant's token lets somebody in: see docs/whip.md.
std::function<base::Result<SdpAdmission>(const SdpVisitor&)> make_sdp_admission(studio::Studio& studio);

}  // namespace greenroom::api
