#include "load/flood.hpp"

#include "crypto/hash.hpp"
#include "net/clock.hpp"
#include "wire/stun.hpp"

namespace greenroom::load {
namespace {
constexpr std::array kinds{"random bytes",   "forged RTP",   "another's packets", "another's, cut short",
                           "wrong password", "unknown name", "DTLS records",      "forged RTCP"};
constexpr std::size_t strangers_each = 4;
constexpr std::size_t volley = 32;           // packets of one stranger in one call
constexpr std::size_t arrears_max = 10'000;  // packets: what was missed beyond is not made up for
}  // namespace

Flood::Flood(net::Loop& loop, const Capture& capture, FloodTarget target, std::uint32_t rate, base::Rng& rng)
    : loop_(loop), capture_(capture), target_(std::move(target)), rate_(rate), rng_(rng), begun_(net::now()) {}

base::Result<std::unique_ptr<Flood>> Flood::start(net::Loop& loop, const Capture& capture, FloodTarget target,
                                                  std::uint32_t packets_per_second, base::Rng& rng) {
  std::unique_ptr<Flood> flood(new Flood(loop, capture, std::move(target), packets_per_second, rng));
  GREENROOM_CHECK_OK(flood->begin());
  return flood;
}

base::Status Flood::begin() {
  swarm_ = net::UdpSwarm::make({}, [this](net::UdpSwarm::Member member, base::ByteSpan datagram,
                                          const net::UdpArrival&) { strangers_[member].bytes_in += datagram.size(); });
  for (std::size_t i = 0; i < kinds.size() * strangers_each; ++i) {
    GREENROOM_TRY(const auto member, swarm_->add(target_.media, false));
    members_.push_back(member);
    strangers_.push_back({kinds[i % kinds.size()]});
  }
  arm();
  return {};
}

void Flood::arm() {
  timer_ = loop_.after(std::chrono::milliseconds(1), [this] {
    send_due();
    arm();
  });
}

void Flood::send_due() {
  swarm_->read();
  const auto due = std::uint64_t(base::to_seconds(net::now() - begun_) * double(rate_));
  if (due > packets_ + arrears_max) packets_ = due - arrears_max;
  while (packets_ < due) {
    const auto stranger = turn_++ % (members_.size() + 1);
    if (stranger < members_.size())
      send_some(stranger);
    else
      replay_by_victim();
    packets_ += volley;
  }
}

void Flood::send_some(std::size_t stranger) {
  std::array<base::Bytes, volley> packets;
  std::array<base::ByteView, volley> views;
  for (std::size_t i = 0; i < volley; ++i) {
    packets[i] = make(stranger % kinds.size());
    views[i] = packets[i];
    strangers_[stranger].bytes_out += packets[i].size();
  }
  strangers_[stranger].packets += volley;
  swarm_->send(members_[stranger], views);
}

void Flood::replay_by_victim() {
  std::array<base::ByteView, volley> views;
  for (auto& view : views) view = capture_.at(rng_.below(capture_.size()));
  target_.victim->send_raw(views);
}

base::Bytes Flood::random_bytes(std::size_t size) {
  base::Bytes out(size);
  rng_.fill(out);
  return out;
}

base::Bytes Flood::check_with_wrong_password(const std::string& username) {
  std::array<std::uint8_t, 512> buffer;
  wire::StunTransactionId transaction;
  rng_.fill(transaction);
  wire::StunBuilder request(buffer, wire::StunClass::request, transaction);
  request.username(username).priority(1).ice_controlling(1).use_candidate();
  const auto bytes = request.finish(base::as_bytes("not the password"), crypto::hmac_sha1);
  return {bytes.begin(), bytes.end()};
}

base::Bytes Flood::make(std::size_t kind) {
  auto out = random_bytes(20 + rng_.below(180));
  switch (kind) {
    case 1:
      out[0] = 0x80, out[1] = 101;
      base::store_u32(&out[8], target_.ssrc);
      return out;
    case 2:
      return capture_.at(rng_.below(capture_.size()));
    case 3:
      out = capture_.at(rng_.below(capture_.size()));
      out.resize(1 + rng_.below(out.size()));
      return out;
    case 4:
      return check_with_wrong_password(target_.username_fragment + ":flood");
    case 5:
      return check_with_wrong_password("nobody:flood");
    case 6:
      out[0] = 22, out[1] = 0xfe, out[2] = 0xfd;
      return out;
    case 7:
      out[0] = 0x81, out[1] = 205;
      base::store_u16(&out[2], std::uint16_t(out.size() / 4 - 1));
      return out;
    default:
      return out;
  }
}

}  // namespace greenroom::load
