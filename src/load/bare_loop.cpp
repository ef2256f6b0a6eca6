#include "load/bare_loop.hpp"

#include <netinet/in.h>
#include <netinet/udp.h>
#include <openssl/evp.h>
#include <sys/socket.h>

#include <array>
#include <thread>
#include <vector>

#include "base/bytes.hpp"
#include "base/owned.hpp"
#include "crypto/srtp.hpp"
#include "net/clock.hpp"
#include "net/udp.hpp"
#include "net/udp_swarm.hpp"

namespace greenroom::load {
namespace {
constexpr std::size_t batch = 64;  // messages of one sendmmsg
constexpr std::size_t header_size = 24;

using CipherContext = base::Owned<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;

struct Destination {
  sockaddr_in address{};
  crypto::SrtpSender sender;
  CipherContext plain;  // for `by_openssl`
};

base::Result<Destination> make_destination(std::uint16_t port, base::Rng& rng) {
  crypto::SrtpKeys keys{crypto::SrtpProfile::aead_aes_128_gcm, base::Bytes(16), base::Bytes(12)};
  rng.fill(keys.master_key), rng.fill(keys.master_salt);
  GREENROOM_TRY(auto sender, crypto::SrtpSender::create(keys));
  Destination out{{}, std::move(sender), CipherContext(EVP_CIPHER_CTX_new())};
  EVP_EncryptInit_ex(out.plain.get(), EVP_aes_128_gcm(), nullptr, keys.master_key.data(), nullptr);
  out.address.sin_family = AF_INET;
  out.address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  out.address.sin_port = htons(port);
  return out;
}

// Reads what arrives, as often as the generator does.
class Reader {
 public:
  explicit Reader(std::unique_ptr<net::UdpSwarm> swarm) : swarm_(std::move(swarm)) {}

 private:
  std::unique_ptr<net::UdpSwarm> swarm_;
  std::jthread thread_{[this](const std::stop_token& stop) {
    for (; !stop.stop_requested(); std::this_thread::sleep_for(std::chrono::milliseconds(1))) swarm_->read();
  }};
};

class Run {
 public:
  Run(const BareLoop& loop, int socket, std::vector<Destination> destinations)
      : loop_(loop),
        socket_(socket),
        destinations_(std::move(destinations)),
        stride_(loop.packet_size + crypto::srtp_max_overhead),
        arena_(batch * loop.burst * stride_),
        payload_(loop.packet_size - header_size, 0x5a) {}

  void round();
  BareCost cost() const {
    const auto packets = double(std::max<std::uint64_t>(packets_, 1)) * 1000;
    return {double(sealing_.count()) / packets, double(sending_.count()) / packets};
  }

 private:
  void seal(std::size_t first, std::size_t count);
  void seal_by_us(crypto::SrtpSender& sender, base::ByteSpan packet) const;
  void seal_by_openssl(EVP_CIPHER_CTX* context, base::ByteSpan packet) const;
  void send(std::size_t first, std::size_t count);

  const BareLoop loop_;
  const int socket_;
  std::vector<Destination> destinations_;
  const std::size_t stride_;
  base::Bytes arena_, payload_;
  std::uint16_t seq_ = 0;
  std::chrono::nanoseconds sealing_{0}, sending_{0};
  std::uint64_t packets_ = 0;
};

void Run::seal(std::size_t first, std::size_t count) {
  for (std::size_t d = 0; d < count; ++d) {
    for (std::size_t i = 0; i < loop_.burst; ++i) {
      const auto packet = base::ByteSpan(arena_).subspan((d * loop_.burst + i) * stride_, stride_);
      std::fill_n(packet.begin(), header_size, std::uint8_t(0));
      packet[0] = 0x80, packet[1] = 96;
      base::store_u16(&packet[2], std::uint16_t(seq_ + i));
      base::store_u32(&packet[8], 1);
      auto& to = destinations_[first + d];
      if (loop_.by_openssl)
        seal_by_openssl(to.plain.get(), packet);
      else
        seal_by_us(to.sender, packet);
    }
  }
}

void Run::seal_by_us(crypto::SrtpSender& sender, base::ByteSpan packet) const {
  base::copy(payload_, &packet[header_size]);
  static_cast<void>(sender.protect_rtp(packet, header_size + payload_.size()));
}

// RFC 7714 §5: the header is authenticated, the payload encrypted, and the tag comes last.
void Run::seal_by_openssl(EVP_CIPHER_CTX* context, base::ByteSpan packet) const {
  std::array<std::uint8_t, 12> iv{};
  base::store_u16(&iv[10], base::load_u16(&packet[2]));
  auto* const sealed = &packet[header_size];
  int size = 0;
  EVP_EncryptInit_ex(context, nullptr, nullptr, nullptr, iv.data());
  EVP_EncryptUpdate(context, nullptr, &size, packet.data(), int(header_size));
  EVP_EncryptUpdate(context, sealed, &size, payload_.data(), int(payload_.size()));
  EVP_EncryptFinal_ex(context, sealed + payload_.size(), &size);
  EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, 16, sealed + payload_.size());
}

void Run::send(std::size_t first, std::size_t count) {
  struct alignas(cmsghdr) Control {
    std::array<std::uint8_t, CMSG_SPACE(sizeof(std::uint16_t))> bytes;
  };
  std::array<mmsghdr, batch> headers{};
  std::array<iovec, batch> slices;
  std::array<Control, batch> controls;
  for (std::size_t d = 0; d < count; ++d) {
    auto& header = headers[d].msg_hdr;
    slices[d] = {arena_.data() + d * loop_.burst * stride_, loop_.burst * stride_};
    header.msg_iov = &slices[d], header.msg_iovlen = 1;
    header.msg_name = &destinations_[first + d].address, header.msg_namelen = sizeof(sockaddr_in);
    header.msg_control = controls[d].bytes.data(), header.msg_controllen = controls[d].bytes.size();
    auto* control = CMSG_FIRSTHDR(&header);
    control->cmsg_level = SOL_UDP, control->cmsg_type = UDP_SEGMENT;
    control->cmsg_len = CMSG_LEN(sizeof(std::uint16_t));
    const auto segment = std::uint16_t(stride_);
    std::memcpy(CMSG_DATA(control), &segment, sizeof segment);
  }
  for (std::size_t at = 0; at < count;) {
    const int sent = ::sendmmsg(socket_, headers.data() + at, unsigned(count - at), 0);
    at += sent > 0 ? std::size_t(sent) : 1;
  }
}

void Run::round() {
  for (std::size_t first = 0; first < destinations_.size(); first += batch) {
    const auto count = std::min(batch, destinations_.size() - first);
    const auto before = net::thread_time();
    seal(first, count);
    const auto between = net::thread_time();
    send(first, count);
    sending_ += net::thread_time() - between, sealing_ += between - before;
    packets_ += count * loop_.burst;
  }
  seq_ = std::uint16_t(seq_ + loop_.burst);
}
}  // namespace

base::Result<BareCost> measure_bare_loop(const BareLoop& loop, base::Rng& rng) {
  GREENROOM_TRY(const auto socket, net::UdpPort::open(base::Address::v4(127, 0, 0, 1, 0)));
  auto swarm = net::UdpSwarm::make({.coalesce = loop.coalesce}, [](auto, auto, const auto&) {});
  std::vector<Destination> destinations;
  for (std::size_t i = 0; i < loop.destinations; ++i) {
    GREENROOM_TRY(const auto member, swarm->add(socket.local(), false));
    GREENROOM_TRY(auto one, make_destination(swarm->local(member).port, rng));
    destinations.push_back(std::move(one));
  }
  const Reader reader(std::move(swarm));
  Run run(loop, socket.fd(), std::move(destinations));
  run.round();  // what is allocated once
  if (loop.rounds_per_second > 0) {
    const auto interval = base::Duration(std::chrono::seconds(1)) / loop.rounds_per_second;
    for (auto left = loop.time / interval; left > 0; --left) std::this_thread::sleep_for(interval), run.round();
  } else {
    const auto end = net::thread_time() + loop.time;
    while (net::thread_time() < end) run.round();
  }
  return run.cost();
}

}  // namespace greenroom::load
